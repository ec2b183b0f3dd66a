import smpp from 'smpp';

export const ESME_ROK = 0;
export const ESME_RINVCMDLEN = 0x02;
export const ESME_RINVCMDID = 0x03;
export const ESME_RSYSERR = 0x08;
/** Queue full: in `deliver_sm_resp` not taken now, send it again later. */
export const ESME_RMSGQFUL = 0x14;
/** In `deliver_sm_resp`: not taken now, send it again. */
export const ESME_RX_T_APPN = 0x64;

const NAMES = new Map(Object.entries(smpp.errors).map(([name, status]) => [status, name]));

/** Answers that mean "slow down"; RMSGQFUL is used like RTHROTTLED by several carriers. */
const THROTTLES: ReadonlySet<number> = new Set([0x58, 0x14]);

/** Refusals that may pass when the same part is tried again later. Everything else stays refused. */
const TRANSIENT: ReadonlySet<number> = new Set([0x04, 0x08, 0x45, 0x64, 0xfe, 0xff]);

const WORDS: ReadonlyMap<number, string> = new Map([
  [0x01, 'The carrier refused the length of the message.'],
  [0x04, 'The carrier says that this connection may not send now.'],
  [0x08, 'The carrier reports a system error of its own.'],
  [0x0a, 'The carrier does not accept the sending number. Check that it belongs to this carrier account.'],
  [0x0b, 'The carrier does not accept the number of the recipient. Check the number.'],
  [0x0d, 'The carrier refused the connection (bind failed). Ask the carrier whether this account may connect from here.'],
  [0x0e, 'The carrier refused the password. Check the password of this carrier account.'],
  [0x0f, 'The carrier does not know the system id. Check the system id of this carrier account.'],
  [0x05, 'The carrier says that this account is already connected elsewhere.'],
  [0x14, "The carrier's queue is full."],
  [0x45, 'The carrier could not take the message.'],
  [0x48, 'The carrier does not accept the type of the sending number. Check the type settings of this carrier account.'],
  [0x49, 'The carrier does not accept the numbering plan of the sending number. Check the type settings of this carrier account.'],
  [0x50, "The carrier does not accept the type of the recipient's number."],
  [0x51, "The carrier does not accept the numbering plan of the recipient's number."],
  [0x53, 'The carrier refused the system type. Check the system type of this carrier account.'],
  [0x58, 'The carrier asks to send more slowly.'],
  [0x64, 'The carrier has a temporary fault.'],
  [0x65, 'The carrier refused the message for good.'],
  [0x66, 'The carrier refused the message.'],
  [0xfe, 'The carrier could not deliver the message.'],
  [0xff, 'The carrier reports an unknown error.'],
  [0x101, 'The carrier does not allow this account to send here.'],
  [0x104, 'The carrier does not accept this text encoding.'],
]);

/** The name of a command status (`ESME_RINVDSTADR`), or its number in hexadecimal for a carrier's own code. */
export function statusName(status: number): string {
  return NAMES.get(status) ?? `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** What a refusal means, in words for an admin. */
export function statusText(status: number): string {
  return WORDS.get(status) ?? `The carrier answered ${statusName(status)}.`;
}

export function isThrottle(status: number): boolean {
  return THROTTLES.has(status);
}

export function isPermanent(status: number): boolean {
  return !TRANSIENT.has(status);
}

/** Bind refusals that another try a second later cannot change: bad password, unknown system id or type, not allowed. */
export function isCredentialRefusal(status: number): boolean {
  return [0x0d, 0x0e, 0x0f, 0x53, 0x101].includes(status);
}
