/** Words that stand in what the run sends or plants, so that they can be looked for where they must not be. */

/** In every text. */
export const TEXT_MARK = 'unrepeatable-words';
/** In the other org's text only: nothing that is sent with the first org's keys may bring it back. */
export const OTHER_MARK = 'words-of-the-other-org';
/** In every carrier's secret, made-up key and token. */
export const SECRET_MARK = 'sb_admin_hush-hush-hush';
/** Begins every phone number of a customer. */
export const PHONE_MARK = '+1415555';
export const OURS = { twilio: '+14155550100', smpp: '+447700900100' };
