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

const refused = (code: number, message: string, commandStatus: number, id: string, text: string): Behaviour => ({
  id,
  text: `${text} (${code})`,
  result: 'failed',
  refuse: { code, message, commandStatus },
});

/**
 * Numbers with a fixed fate, by their last two digits. 01–09 are those that Twilio documents for test credentials; 91–98 fail on the way.
 * +1 500 555 is nobody's area, so no sample person can have one of them. Any other number behaves like these after `set`.
 */
const SPECIAL: ReadonlyMap<string, Behaviour> = new Map([
  ['01', refused(21211, "The 'To' number is not a valid phone number.", 0x0b, 'invalid', 'is not a valid number')],
  ['02', refused(21612, "The 'To' phone number is not currently reachable via SMS.", 0x0b, 'no-route', 'cannot be reached from here')],
  [
    '03',
    refused(
      21408,
      "Permission to send an SMS has not been enabled for the region of the 'To' number.",
      0x101,
      'region',
      'lies in a country that is not allowed',
    ),
  ],
  ['04', refused(21610, 'Attempt to send to unsubscribed recipient', 0x66, 'stopped', 'has opted out at the carrier')],
  ['09', refused(21614, "'To' number is not a valid mobile number", 0x0b, 'not-mobile', 'is not a mobile number')],
  ['91', { id: 'unreachable', text: 'is switched off (30003)', result: 'undelivered', errorCode: 30003, stat: 'UNDELIV', err: '001' }],
  ['92', { id: 'unknown', text: 'is not in use (30005)', result: 'undelivered', errorCode: 30005, stat: 'UNDELIV', err: '002' }],
  ['93', { id: 'landline', text: 'is a landline (30006)', result: 'undelivered', errorCode: 30006, stat: 'UNDELIV', err: '003' }],
  [
    '94',
    { id: 'filtered', text: 'the network filters the text (30007)', result: 'undelivered', errorCode: 30007, stat: 'REJECTD', err: '004' },
  ],
  ['95', { id: 'silent', text: 'receives, but no report ever comes', result: 'never' }],
  ['96', { id: 'failed', text: 'fails without a reason (30008)', result: 'failed', errorCode: 30008, stat: 'EXPIRED', err: '005' }],
  ['98', { id: 'slow', text: 'receives and reports after ten seconds', result: 'delivered', stat: 'DELIVRD', err: '000', delayMs: 10_000 }],
]);

const MAGIC = /^\+150055500(\d\d)$/;

/** For the settings page: the special numbers in full. */
export const SPECIAL_NUMBERS = [...SPECIAL].map(([digits, behaviour]) => ({ number: `+150055500${digits}`, text: behaviour.text }));

export const BEHAVIOURS: readonly Behaviour[] = [NORMAL, ...SPECIAL.values()];

export interface Behaviours {
  of(number: string): Behaviour;
  /** False when there is no behaviour with that id. */
  set(number: string, id: string): boolean;
  clear(): void;
}

export function createBehaviours(): Behaviours {
  const chosen = new Map<string, Behaviour>();
  return {
    of: (number) => chosen.get(number) ?? SPECIAL.get(MAGIC.exec(number)?.[1] ?? '') ?? NORMAL,
    set: (number, id) => {
      const behaviour = BEHAVIOURS.find((candidate) => candidate.id === id);
      if (behaviour) chosen.set(number, behaviour);
      return behaviour !== undefined;
    },
    clear: () => chosen.clear(),
  };
}
