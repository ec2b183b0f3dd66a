import { DEFAULT_PHONE_FIELDS, PHONE_OBJECTS, type ChosenFields, type Directory } from '../directory/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { unavailable } from '../platform/errors.ts';
import type { OrgAccess } from './org/access.ts';
import type { LookAgain } from './org/look-again.ts';
import { listPhoneFields, savePhoneFields } from './store/accounts.ts';

const LABELS = { Contact: 'Contact', Lead: 'Lead', Account: 'Account' } as const;

export type PhoneFieldSettings = ReturnType<typeof createPhoneFieldSettings>;

/** Which phone fields of which objects an incoming number is compared with. */
export function createPhoneFieldSettings(options: { db: Db; clock: Clock; access: OrgAccess; directory: Directory; lookAgain: LookAgain }) {
  const { db, clock, access, directory, lookAgain } = options;

  /** Asked for by a person, who is told at once when the org cannot be reached. */
  async function askOrg(orgId: string, chosen: ChosenFields) {
    try {
      return await access.call(orgId, (sf, user) => {
        const viewer = { orgId, ...user };
        directory.forget(viewer, chosen); // whoever has just made a field looks for it here
        return directory.phoneFields.readable(viewer, sf, chosen);
      });
    } catch (error) {
      const hold = access.heldBy(error);
      if (!hold) throw error;
      const seconds = Math.max(1, Math.ceil((hold.until.getTime() - clock.now().getTime()) / 1000));
      throw unavailable(`${hold.reason} Nothing was changed.`, { cause: error, headers: { 'retry-after': String(seconds) } });
    }
  }

  function show(readable: Awaited<ReturnType<typeof askOrg>>, chosen: ChosenFields) {
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
    async read(orgId: string) {
      const chosen = await listPhoneFields(db, orgId);
      return show(await askOrg(orgId, chosen), chosen);
    },
    async save(orgId: string, objects: ChosenFields) {
      const readable = await askOrg(orgId, objects);
      await db.transaction().execute((tx) => savePhoneFields(tx, orgId, objects));
      await lookAgain.seen({ orgId });
      return show(readable, await listPhoneFields(db, orgId));
    },
  };
}
