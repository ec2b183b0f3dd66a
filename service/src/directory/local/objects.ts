import type { ChangedRow, Source } from '../../feed/index.ts';
import { keyOfEmail, keysOfStored } from '../numbers/keys.ts';
import { CUSTOM_OBJECT, PHONE_OBJECTS, phonesOf } from '../phone-fields.ts';
import type { VisibleField } from '../visible-fields.ts';
import { keyOfAccount, keyOfCase, keyOfExtension, keyOfParent } from './record-keys.ts';
import { type KeyedRecord } from './store.ts';

/** Objects that are kept: those with numbers, their open cases, and the users who own records. One call reads a page of each. */
const KEPT_OBJECTS: readonly string[] = [...PHONE_OBJECTS, 'Case', 'User'];

/** All objects that are kept of an org: custom ones only where a feature wants them. */
export const keptObjects = (wanted: Wanted): string[] => [
  ...KEPT_OBJECTS,
  ...Object.keys(wanted)
    .filter((object) => CUSTOM_OBJECT.test(object))
    .toSorted(),
];

/** What is read of each object where the connected user can see it. */
const OWN_FIELDS: Record<string, string[]> = {
  Contact: ['Name', 'OwnerId', 'AccountId', 'LastActivityDate', 'IsPersonAccount'],
  Lead: ['Name', 'OwnerId', 'LastActivityDate', 'IsConverted'],
  Account: ['Name', 'OwnerId', 'LastActivityDate', 'AccountNumber'],
  Case: ['CaseNumber', 'OwnerId', 'ContactId', 'AccountId', 'IsClosed', 'Status', 'Priority', 'CreatedDate'],
  User: ['Name', 'Extension', 'IsActive'],
};
const CUSTOM_FIELDS = ['Name', 'OwnerId', 'LastActivityDate'];
/** Of those, what goes into `fields` of the kept record. */
const SHOWN_FIELDS: Record<string, string[]> = {
  Case: ['ContactId', 'Status', 'Priority', 'CreatedDate'],
  User: ['Extension', 'IsActive'],
};

export interface KeptSource extends Source {
  phones: string[];
  emails: string[];
  /** What goes into `fields` of the kept record. */
  shown: string[];
  /** Checkboxes among the fields, which a CSV cannot tell from text. */
  flags: string[];
}

/** Further fields that features want, by object. A custom object is kept where it is named here, be it without any. */
export type Wanted = Partial<Record<string, string[]>>;

/** What is read of an object: of what is wanted that which the connected user can see. Undefined where nobody could be found by it. */
export function sourceOf(object: string, visible: readonly VisibleField[], wanted: Wanted): KeptSource | undefined {
  const names = new Set(visible.map(({ name }) => name));
  const seen = (fields: readonly string[]) => fields.filter((name) => names.has(name));
  const hasPhones = object !== 'Case' && object !== 'User';
  const phones = hasPhones ? phonesOf(visible).map(({ name }) => name) : [];
  if (names.size === 0 || (hasPhones && phones.length === 0)) return undefined;
  const emails = hasPhones ? visible.filter(({ type }) => type === 'email').map(({ name }) => name) : [];
  const shown = seen([...new Set([...(SHOWN_FIELDS[object] ?? []), ...(wanted[object] ?? [])])].toSorted());
  const fields = [...new Set([...seen(OWN_FIELDS[object] ?? CUSTOM_FIELDS), ...shown, ...phones, ...emails])];
  const flags = ['IsDeleted', ...visible.filter(({ name, type }) => type === 'boolean' && fields.includes(name)).map(({ name }) => name)];
  return { object, fields, phones, emails, shown, flags };
}

/**
 * What is not to be found: deleted, a lead that lives on as a contact, a case that is closed, and the contact half of a person account, whose account
 * has the same numbers and is what people open.
 */
export const isGone = (row: ChangedRow): boolean =>
  row.IsDeleted === true ||
  row['IsConverted'] === true ||
  row['IsClosed'] === true ||
  (row['IsPersonAccount'] === true && row.Id.startsWith(CONTACT_PREFIX));
const CONTACT_PREFIX = '003';

/** A row of a CSV as a query answers it. */
export function fromCsv({ flags }: KeptSource, row: Record<string, string | null>): ChangedRow {
  const known = flags.filter((name) => name in row).map((name) => [name, row[name] === 'true'] as const);
  return { ...row, ...Object.fromEntries(known) } as ChangedRow;
}

/** A row as it is kept. `country`: what its numbers belong to where they name none. */
export function toKept({ object, phones, emails, shown }: KeptSource, row: ChangedRow, country: string): KeyedRecord {
  const text = (name: string): string | null => (typeof row[name] === 'string' && row[name] !== '' ? row[name] : null);
  const at = text(object === 'Case' ? 'CreatedDate' : 'LastActivityDate');
  return {
    id: row.Id,
    object,
    name: text(object === 'Case' ? 'CaseNumber' : 'Name') ?? '',
    ownerId: text('OwnerId'),
    accountId: text('AccountId'),
    activityAt: at ? new Date(at) : null,
    changedAt: new Date(row.SystemModstamp),
    fields: Object.fromEntries(shown.map((name) => [name, valueOf(row[name])])),
    keys: [
      ...phones.flatMap((field) => keysOfStored(text(field) ?? '', country).map((key) => ({ key, field }))),
      ...emails.flatMap((field) => named(keyOfEmail(text(field) ?? ''), field)),
      ...recordKeys(object, text),
    ],
  };
}

/** A key with the field that holds it, where there is one. */
const named = (key: string | undefined, field: string) => (key === undefined ? [] : [{ key, field }]);

function recordKeys(object: string, text: (name: string) => string | null): { key: string; field: string }[] {
  if (object === 'Account') return named(keyOfAccount(text('AccountNumber') ?? ''), 'AccountNumber');
  if (object === 'User') return named(extensionKey(text('Extension')), 'Extension');
  if (object !== 'Case') return [];
  const parents = ['ContactId', 'AccountId'].flatMap((field) => {
    const id = text(field);
    return id ? [{ key: keyOfParent(id), field }] : [];
  });
  return [...named(keyOfCase(text('CaseNumber') ?? ''), 'CaseNumber'), ...parents];
}

const extensionKey = (extension: string | null) => (extension === null ? undefined : keyOfExtension(extension.trim()));

const valueOf = (value: unknown): string | boolean | null =>
  typeof value === 'boolean' || typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
