/** How a phone reacts to a text that is sent to it. */
export interface Behaviour {
  readonly id: string;
  /** For the phone page and the docs. */
  readonly text: string;
  /** What the network reports in the end; `never` = no report at all. */
  readonly result: 'delivered' | 'undelivered' | 'failed' | 'never';
  /** Twilio's error code and the receipt's state and error. */
  readonly errorCode?: number;
  readonly stat?: string;
  readonly err?: string;
  /** Extra time before the report, ms. */
  readonly delayMs?: number;
  /** Refused when it is handed in. */
  readonly refuse?: { readonly code: number; readonly message: string; readonly commandStatus: number };
}

const NORMAL: Behaviour = { id: 'normal', text: 'receives every text', result: 'delivered', stat: 'DELIVRD', err: '000' };

/** Sample numbers end in 91–99 (of +1 415 555 01xx and +44 7700 900 9xx); any other number behaves like these after `set`. */
const SPECIAL: Readonly<Record<string, Behaviour>> = {
  '91': { id: 'unreachable', text: 'is switched off (30003)', result: 'undelivered', errorCode: 30003, stat: 'UNDELIV', err: '001' },
  '92': { id: 'unknown', text: 'is not in use (30005)', result: 'undelivered', errorCode: 30005, stat: 'UNDELIV', err: '002' },
  '93': { id: 'landline', text: 'is a landline (30006)', result: 'undelivered', errorCode: 30006, stat: 'UNDELIV', err: '003' },
  '94': {
    id: 'filtered',
    text: 'the network filters the text (30007)',
    result: 'undelivered',
    errorCode: 30007,
    stat: 'REJECTD',
    err: '004',
  },
  '95': { id: 'silent', text: 'no report ever comes', result: 'never' },
  '96': { id: 'failed', text: 'fails without a reason (30008)', result: 'failed', errorCode: 30008, stat: 'EXPIRED', err: '005' },
  '97': {
    id: 'stopped',
    text: 'has opted out at the carrier (21610)',
    result: 'failed',
    refuse: { code: 21610, message: 'Attempt to send to unsubscribed recipient', commandStatus: 0x66 },
  },
  '98': { id: 'slow', text: 'reports after ten seconds', result: 'delivered', stat: 'DELIVRD', err: '000', delayMs: 10_000 },
  '99': {
    id: 'invalid',
    text: 'is not a valid number (21211)',
    result: 'failed',
    refuse: { code: 21211, message: "The 'To' number is not a valid phone number.", commandStatus: 0x0b },
  },
};

const MAGIC = /^(?:\+1415555019|\+44770090099)(\d)$/;

export const BEHAVIOURS: readonly Behaviour[] = [NORMAL, ...Object.values(SPECIAL)];

export interface Behaviours {
  of(number: string): Behaviour;
  /** False when there is no behaviour with that id. */
  set(number: string, id: string): boolean;
  clear(): void;
}

export function createBehaviours(): Behaviours {
  const chosen = new Map<string, Behaviour>();
  return {
    of: (number) => chosen.get(number) ?? SPECIAL[`9${MAGIC.exec(number)?.[1] ?? ''}`] ?? NORMAL,
    set: (number, id) => {
      const behaviour = BEHAVIOURS.find((candidate) => candidate.id === id);
      if (behaviour) chosen.set(number, behaviour);
      return behaviour !== undefined;
    },
    clear: () => chosen.clear(),
  };
}
