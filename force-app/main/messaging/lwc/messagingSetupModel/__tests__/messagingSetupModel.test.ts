import { CARRIER_STATES, countryName, countryOptions, ownCountry } from 'c/messagingSetupModel';

describe('c/messagingSetupModel', () => {
  it('names countries in the language of the user, by name', () => {
    const options = countryOptions();
    expect(options.length).toBeGreaterThan(240);
    expect(options).toContainEqual({ value: 'DE', label: 'Germany' });
    const labels = options.map(({ label }) => label);
    expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
  });

  it('shows an unknown code as it is', () => {
    expect(countryName('not a code')).toBe('not a code');
  });

  it('guesses the country from the locale', () => {
    expect(ownCountry()).toMatch(/^[A-Z]{2}$/);
  });

  it('has words for every state of a carrier', () => {
    expect(Object.keys(CARRIER_STATES)).toEqual(['connected', 'connecting', 'failed', 'off']);
  });
});
