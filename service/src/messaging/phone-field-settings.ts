import { DEFAULT_PHONE_FIELDS, PHONE_OBJECTS, type Directory } from '../directory/index.ts';
import type { Db } from '../platform/db/database.ts';
import type { OrgAccess } from './org/deliver.ts';
import { listPhoneFields, savePhoneFields } from './store/accounts.ts';

const LABELS = { Contact: 'Contact', Lead: 'Lead', Account: 'Account' } as const;

export type PhoneFieldSettings = ReturnType<typeof createPhoneFieldSettings>;

/** Which phone fields of which objects an incoming number is compared with. */
export function createPhoneFieldSettings({ db, access, directory }: { db: Db; access: OrgAccess; directory: Directory }) {
  async function read(orgId: string) {
    const chosen = await listPhoneFields(db, orgId);
    const readable = await access.call(orgId, (sf) => directory.phoneFields.readable(orgId, sf));
    const isSelected = (object: (typeof PHONE_OBJECTS)[number], name: string) =>
      chosen.length > 0
        ? (chosen.find((entry) => entry.object === object)?.fields.includes(name) ?? false)
        : DEFAULT_PHONE_FIELDS[object].includes(name);
    return {
      objects: PHONE_OBJECTS.map((object) => ({
        object,
        label: LABELS[object],
        fields: readable[object].map(({ name, label }) => ({ name, label, selected: isSelected(object, name) })),
      })),
    };
  }

  return {
    read,
    async save(orgId: string, objects: { object: string; fields: string[] }[]) {
      await db.transaction().execute((tx) => savePhoneFields(tx, orgId, objects));
      directory.phoneFields.forget(orgId);
      return read(orgId);
    },
  };
}
