import { describe, expect, it } from 'vitest';
import { digitForms, formatNumber, isSenderName, isShortCode, toAddress, toE164 } from './phone.ts';

describe('phone numbers', () => {
  it.each([
    ['(415) 555-2671', 'US', '+14155552671'],
    ['tel:+1-415-555-2671', 'GB', '+14155552671'],
    ['07700 900123', 'GB', '+447700900123'],
    ['00447700900123', 'GB', '+447700900123'],
    ['011 44 7700 900123', 'US', '+447700900123'],
    ['+48 601 234 567', 'US', '+48601234567'],
    ['+442079460018', 'US', '+442079460018'],
    ['4155550123', 'US', '+14155550123'],
  ])('%j in %s is %s', (text, country, number) => expect(toE164(text, country)).toBe(number));

  it.each([
    ['12345', 'US'],
    ['', 'US'],
    ['nobody', 'US'],
    ['+1', 'US'],
    ['+1415555012345678', 'US'],
    ['1'.repeat(60), 'US'],
    ['+14155550123\u0000', 'XX'],
  ])('%j in %s is none', (text, country) => {
    const number = toE164(text, country);
    expect(number === undefined || /^\+\d{7,15}$/.test(number)).toBe(true);
    if (!text.includes('\u0000')) expect(number).toBeUndefined();
  });

  it('never lets a short code through the parser', () => {
    for (const code of ['123', '12345', '878787']) {
      expect(toAddress(code, 'US')).toBe(code);
      expect(toAddress(` ${code} `, 'GB')).toBe(code);
      expect(isShortCode(code)).toBe(true);
    }
    expect(toAddress('12', 'US')).toBeUndefined();
  });

  it('takes seven and eight digits for a number where the country has such numbers', () => {
    expect(toAddress('40612345', 'NO')).toBe('+4740612345');
    expect(toAddress('87654321', 'US')).toBe('87654321');
  });

  it.each([
    ['ACME', true],
    ['Acme 24', true],
    ['12345', false],
    ['', false],
    ['TwelveLetters', false],
    ['Ümlaut', false],
  ])('%j as a sender name: %s', (text, yes) => expect(isSenderName(text)).toBe(yes));

  it('knows under which digits a number may be stored', () => {
    expect(digitForms('+14155550123')).toEqual(['14155550123', '4155550123']);
    expect(digitForms('+447700900123')).toEqual(['447700900123', '7700900123', '07700900123']);
    expect(digitForms('12345')).toEqual(['12345']);
  });

  it('shows numbers as people write them, and leaves the rest alone', () => {
    expect(formatNumber('+14155550123')).toBe('+1 415 555 0123');
    expect(formatNumber('12345')).toBe('12345');
    expect(formatNumber('ACME')).toBe('ACME');
  });
});
