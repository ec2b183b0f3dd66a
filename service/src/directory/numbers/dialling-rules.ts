/**
 * How one phone system writes numbers. It cuts and adds before it tells us who calls; these rules take that back. All prefixes are digits.
 */
export interface DiallingRules {
  /** ISO 3166: what numbers without a prefix belong to. */
  country: string;
  /** What is dialled before a country code, `00` or `011`, where it is another one than the country's own. */
  internationalPrefix?: string | undefined;
  /** What is dialled before an area code, `0` or `1`, where it is another one than the country's own. */
  longDistancePrefix?: string | undefined;
  /** The long-distance prefix belongs to the number (Italy's leading zero). */
  keepLongDistancePrefix?: boolean | undefined;
  /** Of incoming calls: what the phone system put in front, for example an outside line's digit. Cut off before all else. */
  cutPrefix?: string | undefined;
  /** Of incoming calls: what it took away, for example an area code. Put in front after the cut. */
  addPrefix?: string | undefined;
}

/** Applies the rules to what was dialled, digits with or without a leading plus. The result is read as a number of `country`. */
export function applyDiallingRules(dialled: string, rules: DiallingRules): string {
  if (dialled.startsWith('+')) return dialled; // says everything already
  const { cutPrefix, addPrefix, internationalPrefix, longDistancePrefix, keepLongDistancePrefix } = rules;
  let digits = dialled;
  if (cutPrefix && digits.startsWith(cutPrefix) && digits.length > cutPrefix.length) digits = digits.slice(cutPrefix.length);
  if (addPrefix) digits = addPrefix + digits;
  if (internationalPrefix && digits.startsWith(internationalPrefix)) return `+${digits.slice(internationalPrefix.length)}`;
  if (longDistancePrefix && !keepLongDistancePrefix && digits.startsWith(longDistancePrefix))
    return digits.slice(longDistancePrefix.length);
  return digits;
}
