import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { person } from './people.ts';

describe('people', () => {
  it('gives the same person for the same seed and index', () => {
    expect(person('a', 17)).toEqual(person('a', 17));
    expect(person('a', 17)).not.toEqual(person('b', 17));
    expect(person('a', 17).email).not.toBe(person('a', 18).email);
  });

  it('gives distinct numbers for 95,000 indexes', () => {
    const numbers = new Set(Array.from({ length: 95_000 }, (_, index) => person(1, index).phone));
    expect(numbers.size).toBe(95_000);
  });

  it('gives only numbers that are valid and kept for fiction, and plain e-mail addresses', () => {
    for (let index = 0; index < 3000; index += 1) {
      const { phone, email } = person('check', index);
      expect(parsePhoneNumberFromString(phone)?.isPossible(), phone).toBe(true);
      expect(phone).toMatch(
        /^(\+1\d{3}55501\d{2}|\+44(\d{2,3}496\d{4}|1914980\d{3}|2079460\d{3}|2896496\d{3}|2920180\d{3}|7700900\d{3})|\+33(19900|26191|35301|46571|53649|63998)\d{4})$/,
      );
      expect(email).toMatch(/^[a-z-]+\.[a-z-]+\.\d+@example\.com$/);
    }
  });
});
