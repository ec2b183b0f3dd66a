/** International calling codes of the countries most often texted, longest code first where one begins with another. */
const COUNTRY_OF_CODE: Record<string, string> = {
  '1': 'US',
  '7': 'RU',
  '20': 'EG',
  '27': 'ZA',
  '30': 'GR',
  '31': 'NL',
  '32': 'BE',
  '33': 'FR',
  '34': 'ES',
  '36': 'HU',
  '39': 'IT',
  '40': 'RO',
  '41': 'CH',
  '43': 'AT',
  '44': 'GB',
  '45': 'DK',
  '46': 'SE',
  '47': 'NO',
  '48': 'PL',
  '49': 'DE',
  '52': 'MX',
  '54': 'AR',
  '55': 'BR',
  '56': 'CL',
  '57': 'CO',
  '60': 'MY',
  '61': 'AU',
  '62': 'ID',
  '63': 'PH',
  '64': 'NZ',
  '65': 'SG',
  '66': 'TH',
  '81': 'JP',
  '82': 'KR',
  '84': 'VN',
  '86': 'CN',
  '90': 'TR',
  '91': 'IN',
  '351': 'PT',
  '352': 'LU',
  '353': 'IE',
  '354': 'IS',
  '358': 'FI',
  '359': 'BG',
  '370': 'LT',
  '371': 'LV',
  '372': 'EE',
  '380': 'UA',
  '385': 'HR',
  '386': 'SI',
  '420': 'CZ',
  '421': 'SK',
  '852': 'HK',
  '886': 'TW',
  '966': 'SA',
  '971': 'AE',
  '972': 'IL',
};

/**
 * A typed number as E.164: spaces, brackets, dots and dashes are left out and a leading 00 becomes +. Undefined for anything that is not
 * written internationally; the service judges whether such a number can exist.
 */
export function toInternational(typed: string): string | undefined {
  const compact = typed
    .trim()
    .replace(/[\s().\-/\u00a0]/g, '')
    .replace(/^00/, '+');
  return /^\+[1-9]\d{6,14}$/.test(compact) ? compact : undefined;
}

/** Name, in the user's language, of the country a number belongs to; `+1` names the two largest of the countries that share it. Empty if unknown. */
export function countryName(number: string, locale: string): string {
  const digits = number.replace(/^\+/, '');
  const code = [3, 2, 1].map((length) => digits.slice(0, length)).find((prefix) => prefix in COUNTRY_OF_CODE);
  if (!number.startsWith('+') || !code) return '';
  const regions = code === '1' ? ['US', 'CA'] : [COUNTRY_OF_CODE[code]!];
  return regions.map((region) => regionName(region, locale)).join(' / ');
}

/** Name of a country (ISO 3166 code) in the user's language; the code itself where the browser knows no name. */
export function regionName(country: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale.replace(/_/g, '-')], { type: 'region' }).of(country) ?? country;
  } catch {
    return country;
  }
}
