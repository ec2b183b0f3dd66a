/** What the page was told when it was served, and what of the platform's answers depends on it. */
import type { ShellContext } from '../../../../../context-types';

export type { PageComponent, PageRegion, ShellContext, ShellObject, ShellTab, ShellUser } from '../../../../../context-types';

let loaded: ShellContext | undefined;

/** The page's context; there is exactly one per load, changing the user loads the page again. */
export function context(): ShellContext {
  loaded ??= JSON.parse(document.getElementById('shell-context')?.textContent ?? '{}') as ShellContext;
  return loaded;
}

/** `@salesforce/user/Id` and `isGuest`. */
export function user(name: string): string | boolean | undefined {
  return name === 'Id' ? context().user.id : name === 'isGuest' ? false : undefined;
}

/** `@salesforce/customPermission/X`: true or undefined, as on the platform. */
export function customPermission(name: string): true | undefined {
  const prefix = context().namespace ? `${context().namespace}__` : '';
  const bare = prefix && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return context().customPermissions.includes(bare) ? true : undefined;
}

/** `@salesforce/userPermission/X`: the sample org's administrators have all of them, others none. */
export function userPermission(): true | undefined {
  return context().user.admin ? true : undefined;
}

/** `@salesforce/schema/Object.Field`, spelled as this org spells it. */
export function schemaToken(path: string): { objectApiName: string; fieldApiName?: string } {
  const [object = '', ...field] = path.split('.');
  const token = { objectApiName: orgName(object) };
  return field.length === 0 ? token : { ...token, fieldApiName: field.map(orgName).join('.') };
}

/** `Message__c` as this org spells it; standard names and names that carry a namespace stay. */
export function orgName(name: string): string {
  const { namespace } = context();
  return namespace && /^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*__(c|r|e|mdt)$/.test(name) && !/__.*__/.test(name)
    ? `${namespace}__${name}`
    : name;
}

/** `@salesforce/i18n/*`: as the user's own settings in the org have it, whatever the browser's are. */
export function i18n(name: string): string | number {
  const locale = readableLocale(context().locale);
  switch (name) {
    case 'locale':
      return locale;
    case 'lang':
      return locale.split('-')[0] ?? 'en';
    case 'timeZone':
      return context().timeZone;
    case 'dir':
      return 'ltr';
    case 'firstDayOfWeek':
      return firstDayOfWeek(locale);
    case 'number.decimalSeparator':
      return numberPart(locale, 'decimal');
    case 'number.groupingSeparator':
      return numberPart(locale, 'group');
    case 'dateTime.shortDateFormat':
      return pattern(locale, { dateStyle: 'short' });
    case 'dateTime.mediumDateFormat':
      return pattern(locale, { dateStyle: 'medium' });
    case 'dateTime.shortTimeFormat':
      return pattern(locale, { timeStyle: 'short' });
    case 'dateTime.mediumTimeFormat':
      return pattern(locale, { timeStyle: 'medium' });
    case 'dateTime.shortDateTimeFormat':
      return `${pattern(locale, { dateStyle: 'short' })} ${pattern(locale, { timeStyle: 'short' })}`;
    default:
      return `${pattern(locale, { dateStyle: 'medium' })} ${pattern(locale, { timeStyle: 'medium' })}`;
  }
}

// The platform counts from 1 (Sunday); Intl counts from 1 (Monday) to 7.
function firstDayOfWeek(locale: string): number {
  const info = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
  return ((info.getWeekInfo?.().firstDay ?? 7) % 7) + 1;
}

function numberPart(locale: string, type: 'decimal' | 'group'): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(12345.6);
  return parts.find((part) => part.type === type)?.value ?? (type === 'decimal' ? '.' : '');
}

/** What Intl writes for a style, as a CLDR pattern such as `M/d/yyyy`. */
function pattern(locale: string, style: Intl.DateTimeFormatOptions): string {
  const sample = new Date(2026, 2, 5, 9, 7, 8);
  return new Intl.DateTimeFormat(locale, style)
    .formatToParts(sample)
    .map(({ type, value }) => letters(type, value, locale, style))
    .join('');
}

function letters(type: string, value: string, locale: string, style: Intl.DateTimeFormatOptions): string {
  switch (type) {
    case 'day':
      return 'd'.repeat(value.length);
    case 'month':
      return /^\d/.test(value) ? 'M'.repeat(value.length) : 'MMM';
    case 'year':
      return 'yyyy'; // never two digits: an agent must not guess the century
    case 'hour':
      return (new Intl.DateTimeFormat(locale, style).resolvedOptions().hour12 ? 'h' : 'H').repeat(value.length);
    case 'minute':
      return 'mm';
    case 'second':
      return 'ss';
    case 'dayPeriod':
      return 'a';
    default:
      return value.replaceAll('\u202f', ' ');
  }
}

/** A locale of Java's that Intl does not read, such as `de-DE-EURO`, loses its last part. */
function readableLocale(name: string): string {
  for (let tag = name; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    try {
      return Intl.getCanonicalLocales(tag)[0] ?? 'en-US';
    } catch {
      // shorter
    }
  }
  return 'en-US';
}
