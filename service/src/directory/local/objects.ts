import type { ChangedRow, Source } from '../../feed/index.ts';
import { keysOfStored } from '../numbers/keys.ts';
import { PHONE_OBJECTS, type PhoneFieldInfo, type PhoneObject } from '../phone-fields.ts';
import type { KeyedRecord } from './store.ts';

/** Objects that are kept: those with numbers, and the users who own their records. */
export const KEPT_OBJECTS = [...PHONE_OBJECTS, 'User'] as const;

/** Further fields that answers need, by object. */
const MORE_FIELDS: Record<(typeof KEPT_OBJECTS)[number], string[]> = {
  Contact: ['OwnerId', 'AccountId', 'LastActivityDate'],
  Lead: ['OwnerId', 'LastActivityDate', 'IsConverted'],
  Account: ['OwnerId', 'LastActivityDate'],
  User: ['Extension', 'IsActive'],
};

/** What is read of each object, with the phone fields that the connected user can see. Objects without any are left out. */
export function sourcesOf(phoneFields: Record<PhoneObject, PhoneFieldInfo[]>): Source[] {
  return KEPT_OBJECTS.flatMap((object) => {
    const phones = object === 'User' ? [] : phoneFields[object].map(({ name }) => name);
    if (object !== 'User' && phones.length === 0) return [];
    return [{ object, fields: ['Name', ...MORE_FIELDS[object], ...phones] }];
  });
}

/** People who are not to be found any more: deleted, or a lead that lives on as a contact. */
export const isGone = (row: ChangedRow): boolean => row.IsDeleted === true || row['IsConverted'] === true;

/** Fields that are true or false, which a CSV cannot tell from text. */
const YES_OR_NO = ['IsDeleted', 'IsConverted', 'IsActive'];

/** A row of a CSV as a query answers it. */
export function fromCsv(row: Record<string, string | null>): ChangedRow {
  const flags = YES_OR_NO.filter((name) => name in row).map((name) => [name, row[name] === 'true'] as const);
  return { ...row, ...Object.fromEntries(flags) } as ChangedRow;
}

/** A row as it is kept. `country`: what its numbers belong to where they name none. */
export function toKept({ object, fields }: Source, row: ChangedRow, country: string): KeyedRecord {
  const text = (name: string): string | null => (typeof row[name] === 'string' && row[name] !== '' ? row[name] : null);
  const day = text('LastActivityDate');
  const phones = object === 'User' ? [] : fields.filter((name) => !['Name', ...MORE_FIELDS[object as PhoneObject]].includes(name));
  return {
    id: row.Id,
    object,
    name: text('Name') ?? '',
    ownerId: text('OwnerId'),
    accountId: text('AccountId'),
    activityAt: day ? new Date(day) : null,
    changedAt: new Date(row.SystemModstamp),
    fields: object === 'User' ? { Extension: text('Extension'), IsActive: row['IsActive'] !== false } : {},
    keys: phones.flatMap((field) => keysOfStored(text(field) ?? '', country).map((key) => ({ key, field }))),
  };
}
