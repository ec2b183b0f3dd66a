/** What a whole text means to consent. Words as carriers in North America require them (CTIA messaging principles, Twilio's defaults) and common in Europe. */
const STOP = new Set([
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'OPTOUT',
  'OPT OUT',
  'REVOKE',
  'ARRET',
  'STOPP',
  'BAJA',
  'ALTO',
  'STOP ALL',
]);
const START = new Set(['START', 'UNSTOP', 'OPTIN', 'OPT IN', 'SUBSCRIBE']);
const HELP = new Set(['HELP', 'INFO', 'AIDE', 'AYUDA', 'HILFE']);

export interface Keyword {
  kind: 'stop' | 'start' | 'help';
  word: string;
}

/** Recognises a keyword only when it is the whole text; case, surrounding blanks and punctuation do not count. */
export function readKeyword(body: string): Keyword | undefined {
  const word = body
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toUpperCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();
  if (STOP.has(word)) return { kind: 'stop', word };
  if (START.has(word)) return { kind: 'start', word };
  if (HELP.has(word)) return { kind: 'help', word };
  return undefined;
}
