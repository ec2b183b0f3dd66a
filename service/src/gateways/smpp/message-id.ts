/**
 * Message ids are text. Carriers change their spelling between `submit_sm_resp` and the receipt: other case, leading zeros lost,
 * hexadecimal in one place and decimal in the other. Store {@link messageIdKey} of every accepted id; look a receipt up by
 * {@link messageIdCandidates}, in order, within one carrier account, and refuse a key that names more than one message.
 */

/** The spelling that ids are stored and compared in: lower case, without leading zeros. */
export function messageIdKey(id: string): string {
  return id
    .trim()
    .toLowerCase()
    .replace(/^0+(?=.)/, '');
}

/** Keys under which the message of a receipt may be stored, best first: as written, then hexadecimal read as decimal and the reverse. */
export function messageIdCandidates(id: string): string[] {
  const key = messageIdKey(id);
  if (key === '') return [];
  const keys = [key];
  // An id that is all digits may be either; ids beyond 128 bits are not numbers of any counter.
  if (/^\d{1,38}$/.test(key)) keys.push(BigInt(key).toString(16));
  if (/^[0-9a-f]{1,32}$/.test(key)) keys.push(BigInt(`0x${key}`).toString(10));
  return [...new Set(keys)];
}
