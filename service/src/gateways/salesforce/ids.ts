const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * Whether a text can be the id of a record: 15 characters, or 18 of which the last three say which of the others are capitals (five
 * characters each, the first one the lowest bit). A wrong one spoils the whole query or collection that it stands in.
 */
export function isRecordId(text: string): boolean {
  if (!/^[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?$/.test(text)) return false;
  return text.length === 15 || text.slice(15) === checksum(text.slice(0, 15));
}

function checksum(id: string): string {
  return [0, 5, 10]
    .map((start) => {
      const capitals = [...id.slice(start, start + 5)].map((character, bit) => (/[A-Z]/.test(character) ? 2 ** bit : 0));
      return ALPHABET[capitals.reduce((sum, value) => sum + value, 0)];
    })
    .join('');
}
