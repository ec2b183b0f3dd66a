import { describe, expect, it } from 'vitest';
import { readCaller } from './caller-number.ts';
import { keysOfCaller, keysOfStored } from './keys.ts';

/** Numbers of sixteen countries: as they are dialled at home, and the national number behind the country code. */
const NUMBERS = [
  { country: 'US', e164: '+12035550184', home: '(203) 555-0184', code: '1', national: '203 555 0184', abroad: '011' },
  { country: 'CA', e164: '+14165550134', home: '(416) 555-0134', code: '1', national: '416 555 0134', abroad: '011' },
  { country: 'GB', e164: '+442071939283', home: '020 7193 9283', code: '44', national: '20 7193 9283', abroad: '00' },
  { country: 'DE', e164: '+4975253099803', home: '07525 3099803', code: '49', national: '7525 3099803', abroad: '00' },
  { country: 'FR', e164: '+33142685300', home: '01 42 68 53 00', code: '33', national: '1 42 68 53 00', abroad: '00' },
  { country: 'IT', e164: '+390669881234', home: '06 6988 1234', code: '39', national: '06 6988 1234', abroad: '00' },
  { country: 'ES', e164: '+34912345678', home: '912 34 56 78', code: '34', national: '912 34 56 78', abroad: '00' },
  { country: 'PL', e164: '+48221234567', home: '22 123 45 67', code: '48', national: '22 123 45 67', abroad: '00' },
  { country: 'NL', e164: '+31201234567', home: '020 123 4567', code: '31', national: '20 123 4567', abroad: '00' },
  { country: 'CH', e164: '+41442681234', home: '044 268 12 34', code: '41', national: '44 268 12 34', abroad: '00' },
  { country: 'SE', e164: '+4684661234', home: '08-466 12 34', code: '46', national: '8 466 12 34', abroad: '00' },
  { country: 'NO', e164: '+4722123456', home: '22 12 34 56', code: '47', national: '22 12 34 56', abroad: '00' },
  { country: 'AU', e164: '+61293744000', home: '(02) 9374 4000', code: '61', national: '2 9374 4000', abroad: '0011' },
  { country: 'JP', e164: '+81362345678', home: '03-6234-5678', code: '81', national: '3 6234 5678', abroad: '010' },
  { country: 'IN', e164: '+912226784321', home: '022 2678 4321', code: '91', national: '22 2678 4321', abroad: '00' },
  { country: 'BR', e164: '+551123456789', home: '(11) 2345-6789', code: '55', national: '11 2345 6789', abroad: '0021' },
] as const;

type Sample = (typeof NUMBERS)[number];
const digits = (text: string) => text.replace(/\D/g, '');

/** As people and phone systems write it. */
const forms = ({ home, code, national, abroad }: Sample): string[] => {
  const whole = `${code}${digits(national)}`;
  return [
    home,
    digits(home),
    home.replace(/[\s-]+/g, '.'),
    ` ${home} `,
    `${home} x204`,
    `tel:${digits(home)}`,
    `+${code} ${national}`,
    `+${whole}`,
    ` ${whole}`, // the plus was not escaped
    `%2B${whole}`,
    `+${code}-${national.replace(/ /g, '-')}`,
    `+${code}.${national.replace(/ /g, '.')}`,
    `+${code} (0)${national.replace(/^0/, '')}`.replace('(0)', code === '39' ? '0' : '(0)'),
    `${abroad}${whole}`,
    `00${whole}`,
    `tel:+${code}-${national.replace(/ /g, '-')}`,
    `sip:+${whole}@pbx`,
    `sips:+${whole}@pbx.example:5061;user=phone`,
    `"Reception" <sip:+${whole}@10.0.0.1>;tag=4f`,
    `+${whole};ext=204`,
    `+${code} ${national} ext. 204`,
    `tel:${digits(national)};phone-context=+${code}`,
  ];
};

describe.each(NUMBERS)('a number of $country', (sample) => {
  it.each(forms(sample))('«%s»', (form) => {
    const caller = readCaller(form, { country: sample.country });
    expect(caller).toMatchObject({ kind: 'number', e164: sample.e164 });
    expect(keysOfCaller(caller as NonNullable<typeof caller>)[0]).toEqual([sample.e164]);
    expect((caller as { extension?: string }).extension).toBe(/204$/.test(form) ? '204' : undefined);
  });

  it('is found under the key of the caller, however it is stored', () => {
    for (const stored of [sample.home, digits(sample.home), `+${sample.code} ${sample.national}`])
      expect(keysOfStored(stored, sample.country)[0]).toBe(sample.e164);
  });
});

describe('the vectors of a phone system abroad', () => {
  it.each([
    ['0044 20 7193 9283', 'US', '+442071939283'],
    ['0011 44 20 7193 9283', 'US', '+442071939283'],
    ['01144 20 7193 9283', 'US', '+442071939283'],
    ['+44 (0)20 7193 9283', 'US', '+442071939283'],
    ['4975253099803', 'DE', '+4975253099803'],
    ['12035550184', 'US', '+12035550184'],
    ['1-800-GOT-MILK', 'US', '+18004686455'],
    ['1-800-FLOWERS', 'US', '+18003569377'],
    ['203-555-0184 x204', 'US', '+12035550184'],
    ['+٤٤ ٢٠ ٧١٩٣ ٩٢٨٣', 'US', undefined],
    ['＋１２０３５５５０１８４', 'DE', '+12035550184'],
  ])('«%s» in %s', (text, country, e164) => {
    expect(readCaller(text, { country })).toEqual(e164 ? expect.objectContaining({ kind: 'number', e164 }) : undefined);
  });
});

describe('a caller without a number', () => {
  it.each(['anonymous', 'Anonymous', 'unknown', 'withheld', 'Restricted', 'private', 'unavailable', 'sip:anonymous@anonymous.invalid'])(
    '«%s» is withheld',
    (text) => expect(readCaller(text, { country: 'US' })).toEqual({ kind: 'withheld' }),
  );
  it.each(['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', '+266696687', '', '   ', '0', '-'])('«%s» is withheld', (text) =>
    expect(readCaller(text, { country: 'US' })).toEqual({ kind: 'withheld' }),
  );
  it.each(['reception', "'; DROP TABLE contact; --", '\u0000', 'x'.repeat(500), '<script>alert(1)</script>'])(
    '«%s» is nobody’s number',
    (text) => {
      const caller = readCaller(text, { country: 'US' });
      expect(caller?.kind === 'number').toBe(false);
    },
  );
  it.each([
    ['Ada.Caller@Example.com', 'ada.caller@example.com'],
    ['sip:ada@example.com', 'ada@example.com'],
    ['"Ada C." <sips:ada@sub.example.com;transport=tls>;tag=7', 'ada@sub.example.com'],
    ['sip:ada%2Bwork@example.com:5061', 'ada+work@example.com'],
    [' mailto:ada@example.com?subject=x ', 'ada@example.com'],
  ])('«%s» has an address', (text, address) => {
    const caller = readCaller(text, { country: 'US' });
    expect(caller).toEqual({ kind: 'address', address });
    expect(keysOfCaller(caller as NonNullable<typeof caller>)).toEqual([[`mail:${address}`]]);
  });
  it.each(['ada@', '@example.com', 'ada@@example.com', 'ada@localhost', "ada' OR 1=1@x", `${'a'.repeat(90)}@example.com`])(
    '«%.20s» has no address that anybody is kept under',
    (text) => {
      const caller = readCaller(text, { country: 'US' });
      expect(caller ? keysOfCaller(caller).flat() : []).toEqual([]);
    },
  );
  it('withheld has no key', () => expect(keysOfCaller({ kind: 'withheld' })).toEqual([]));
});

describe('what is no whole number', () => {
  it('of seven digits is looked for by its end, in whole and in other stored numbers', () => {
    const caller = readCaller('5550184', { country: 'US' });
    expect(caller).toEqual({ kind: 'digits', digits: '5550184' });
    expect(keysOfCaller(caller as NonNullable<typeof caller>)).toEqual([['7:5550184', '7?5550184']]);
    expect(keysOfStored('(203) 555-0184', 'US')).toContain('7:5550184');
    expect(keysOfStored('555-0184', 'US')).toEqual(['7?5550184']);
  });

  it('of four digits is nobody’s: an extension, a short code', () => {
    const caller = readCaller('2001', { country: 'US' });
    expect(caller).toEqual({ kind: 'digits', digits: '2001' });
    expect(keysOfCaller(caller as NonNullable<typeof caller>)).toEqual([]);
  });

  it('a whole number is never taken for another one with the same end', () => {
    const caller = readCaller('+442075550184', { country: 'US' });
    const stored = new Set(keysOfStored('+1 207 555 0184', 'US'));
    expect(
      keysOfCaller(caller as NonNullable<typeof caller>)
        .flat()
        .filter((key) => stored.has(key)),
    ).toEqual([]);
  });

  it('a stored number that was never whole is found by a whole one with its end', () => {
    const caller = readCaller('+12035550184', { country: 'US' });
    const stored = new Set(keysOfStored('555-0184', 'US'));
    expect(
      keysOfCaller(caller as NonNullable<typeof caller>)
        .flat()
        .filter((key) => stored.has(key)),
    ).toEqual(['7?5550184']);
  });
});

describe('dialling rules', () => {
  it.each([
    ['92035550184', { country: 'US', cutPrefix: '9' }, { kind: 'number', e164: '+12035550184' }],
    ['5550184', { country: 'US', addPrefix: '203' }, { kind: 'number', e164: '+12035550184' }],
    ['95550184', { country: 'US', cutPrefix: '9', addPrefix: '203' }, { kind: 'number', e164: '+12035550184' }],
    ['810442071939283', { country: 'KZ', internationalPrefix: '810' }, { kind: 'number', e164: '+442071939283' }],
    ['8002071939283', { country: 'GB', longDistancePrefix: '800' }, { kind: 'number', e164: '+442071939283' }],
    ['0669881234', { country: 'IT', longDistancePrefix: '0', keepLongDistancePrefix: true }, { kind: 'number', e164: '+390669881234' }],
    ['+442071939283', { country: 'US', cutPrefix: '44', addPrefix: '9' }, { kind: 'number', e164: '+442071939283' }],
  ])('«%s» by %o', (text, rules, expected) => expect(readCaller(text, rules)).toMatchObject(expected));
});
