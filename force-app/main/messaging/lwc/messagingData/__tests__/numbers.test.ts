import loadMyNumbers from '@salesforce/apex/MessagingController.myNumbers';
import { countryName, forgetNumbers, myNumbers, preferredNumber, showNumber, toInternational } from 'c/messagingData';
import { NUMBERS } from './samples';

jest.mock('@salesforce/apex/MessagingController.myNumbers', () => ({ default: jest.fn() }), { virtual: true });
const load = loadMyNumbers as unknown as jest.Mock;

describe('sending numbers', () => {
  beforeEach(() => forgetNumbers());

  it('are asked once for all components of a page', async () => {
    load.mockResolvedValue({ items: NUMBERS });
    expect(await Promise.all([myNumbers(), myNumbers()])).toEqual([NUMBERS, NUMBERS]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('are asked again after a failure', async () => {
    load.mockRejectedValueOnce(new Error('no')).mockResolvedValue({});
    await expect(myNumbers()).rejects.toThrow('no');
    expect(await myNumbers()).toEqual([]);
  });

  it('answer from the number the customer knows, else the default, else the first', () => {
    expect(preferredNumber(NUMBERS, '+447700900199')).toBe('+447700900199');
    expect(preferredNumber([...NUMBERS].reverse(), '+1999')).toBe('+14155550199');
    expect(preferredNumber([NUMBERS[1]!], '')).toBe('+447700900199');
    expect(preferredNumber([], '')).toBe('');
  });
});

describe('phone numbers', () => {
  it.each([
    ['+1 (415) 555-0123', '+14155550123'],
    ['0044 7700 900123', '+447700900123'],
    ['+44.7700/900-123', '+447700900123'],
    ['415 555 0123', undefined],
    ['+0123456789', undefined],
    ['+123456', undefined],
    ['+1234567890123456', undefined],
    ['+1415555O123', undefined],
    ['', undefined],
  ])('reads %j as %j', (typed, expected) => {
    expect(toInternational(typed)).toBe(expected);
  });

  it('names the country', () => {
    expect(countryName('+447700900123', 'en-US')).toBe('United Kingdom');
    expect(countryName('+420601123456', 'de_DE')).toBe('Tschechien');
    expect(countryName('+14155550123', 'en-US')).toBe('United States / Canada');
    expect(countryName('+999123', 'en-US')).toBe('');
    expect(countryName('447700900123', 'en-US')).toBe('');
  });

  it.each([
    ['+14155550123', '+1 415 555 0123'],
    ['+447700900123', '+44 7700 900123'],
    ['+33612345678', '+33 6 12 34 56 78'],
    ['+4915112345678', '+49 1511 2345678'],
    ['+420601123456', '+420 601 123 456'],
    ['+351912345678', '+351 912 345 678'],
    ['+61491570156', '+61 491 570 156'],
    ['+919876543210', '+91 98765 43210'],
    ['+372512345', '+372 512 345'],
    ['+35312345', '+353 123 45'],
    ['+2348012345678', '+234 801 234 5678'],
    ['+1 (415) 555-0123', '+1 415 555 0123'],
    ['+44 77 0090 0123', '+44 7700 900123'],
    ['72345', '72345'],
    ['ACME 24', 'ACME 24'],
    ['Rosa', 'Rosa'],
    ['', ''],
  ])('shows %j as %j', (number, shown) => {
    expect(showNumber(number)).toBe(shown);
  });
});
