/** Keys of records beside those of numbers (numbers/keys.ts), in the same table. */

/** `00001026` and `1026` are the same case to whoever types it on a phone. Undefined when there is no digit in it. */
export function keyOfCase(caseNumber: string): string | undefined {
  const digits = caseNumber.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  return digits === '' || caseNumber.length > 40 ? undefined : `case:${digits}`;
}

/** Account numbers are free text: letters and digits count, how they are written does not. */
export function keyOfAccount(accountNumber: string): string | undefined {
  const plain = accountNumber.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
  return plain === '' || accountNumber.length > 40 ? undefined : `acct:${plain}`;
}

/** Under which the users who work at an extension are found. */
export const keyOfExtension = (extension: string): string => `ext:${extension}`;

/** Under which the records that hang on another one are found, such as a contact's open cases. */
export const keyOfParent = (id: string): string => `of:${id}`;
