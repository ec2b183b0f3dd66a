/** What a Twilio error code means for the person who sent the text, and what to do next. */
export interface ErrorHelp {
  readonly text: string;
  readonly nextStep: string;
}

const CHECK_NUMBER = 'Check the number on the record.';
const SETUP_NUMBERS = 'An admin can choose another sending number under Numbers & carriers.';

/** Own words for the codes that users meet; the numbers are listed at https://www.twilio.com/docs/api/errors. */
const HELP: Readonly<Record<string, ErrorHelp>> = {
  '20003': {
    text: 'The carrier refused the account SID or the auth token.',
    nextStep: 'Enter the credentials again under Numbers & carriers and test them.',
  },
  '20005': { text: 'The carrier account is not active.', nextStep: 'Ask the carrier why the account is suspended.' },
  '20404': {
    text: 'The carrier does not know this account or message.',
    nextStep: 'Check the account SID and the address of the carrier account.',
  },
  '20429': { text: 'The carrier asks to send more slowly.', nextStep: 'Nothing to do; the text is sent again by itself.' },
  '21211': { text: 'The number of the recipient is not a valid phone number.', nextStep: CHECK_NUMBER },
  '21212': { text: 'The sending number is not valid.', nextStep: SETUP_NUMBERS },
  '21408': {
    text: 'The carrier account may not send texts to this country.',
    nextStep: "Allow the country in the carrier account's permissions.",
  },
  '21606': { text: 'The sending number does not belong to the account or cannot send texts to this recipient.', nextStep: SETUP_NUMBERS },
  '21608': {
    text: 'A trial account can only text numbers that were verified with the carrier.',
    nextStep: 'Verify the number with the carrier or upgrade the account.',
  },
  '21610': {
    text: 'The recipient has opted out at the carrier.',
    nextStep: 'The recipient can text START to the sending number to receive texts again.',
  },
  '21611': { text: "The sending number's queue at the carrier is full.", nextStep: 'Wait until earlier texts are out, then send again.' },
  '21612': { text: 'The carrier has no route from the sending number to this recipient.', nextStep: SETUP_NUMBERS },
  '21614': { text: 'The number of the recipient cannot receive texts; it is not a mobile number.', nextStep: CHECK_NUMBER },
  '21617': {
    text: 'The text is longer than the carrier allows (1,600 characters).',
    nextStep: 'Shorten the text or send it in two messages.',
  },
  '21620': { text: 'The carrier cannot use the address of the picture.', nextStep: 'Send the picture again.' },
  '30001': { text: "The carrier's queue overflowed.", nextStep: 'Send the text again.' },
  '30002': { text: 'The carrier account is suspended.', nextStep: 'Ask the carrier why the account is suspended.' },
  '30003': {
    text: 'The phone could not be reached; it is off, out of coverage or does not accept texts.',
    nextStep: 'Send again later or call.',
  },
  '30004': {
    text: 'The network blocked the text; the recipient may refuse texts from this number.',
    nextStep: 'Ask the recipient by another way.',
  },
  '30005': { text: 'The number of the recipient is unknown or no longer in use.', nextStep: CHECK_NUMBER },
  '30006': { text: 'The number is a landline or its network cannot be reached.', nextStep: 'Use a mobile number of the recipient.' },
  '30007': {
    text: 'The network filtered the text as unwanted.',
    nextStep: 'Word the text differently; an admin can ask the carrier about registration of the sending number.',
  },
  '30008': {
    text: 'The text was not delivered; the network gave no reason.',
    nextStep: 'Send again; if it goes on, ask the carrier with the message id.',
  },
  '30010': { text: 'The price of the text is above the limit that was set.', nextStep: 'Raise the price limit in the carrier account.' },
  '30022': {
    text: 'The sending number has reached its limit of registered US traffic.',
    nextStep: 'Send later or use another sending number.',
  },
  '30024': {
    text: "The sending number's registration with the network is not finished.",
    nextStep: 'Finish the registration with the carrier.',
  },
  '30032': { text: 'The toll-free sending number is not verified.', nextStep: 'Finish the verification with the carrier.' },
  '30034': {
    text: 'The sending number is not registered for business texts to the United States.',
    nextStep: 'Register the number (A2P 10DLC) with the carrier.',
  },
  '30410': { text: 'The network did not answer the carrier in time.', nextStep: 'Send again later.' },
  '30450': { text: 'The recipient network refused the text for now.', nextStep: 'Send again later.' },
  '63038': {
    text: 'The carrier account has reached its daily limit of messages.',
    nextStep: 'Send tomorrow or ask the carrier to raise the limit.',
  },
};

/** Codes that stop everything the account sends, whoever the recipient is. */
const ACCOUNT_CODES: ReadonlySet<string> = new Set(['20003', '20005', '20404', '30002', '63038']);

/** Refusals that pass by themselves. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set(['20429', '21611', '30001', '63038']);

/** Help for a code, or null for one that is not in the table. */
export function errorHelp(code: string): ErrorHelp | null {
  return HELP[code] ?? null;
}

/** The sentence shown with a failed text; falls back to what the carrier said. */
export function errorText(code: string, carrierText?: string): string {
  const help = HELP[code];
  if (help) return `${help.text} ${help.nextStep}`;
  return carrierText?.trim() || `The carrier reported error ${code}.`;
}

export function isAccountCode(code: string): boolean {
  return ACCOUNT_CODES.has(code);
}

export function isTransientCode(code: string): boolean {
  return TRANSIENT_CODES.has(code);
}
