import type { LocalDirectory } from '../directory/index.ts';
import { uniqueViolation, type Db } from '../platform/db/database.ts';
import type { CheckObjects } from './caller-objects.ts';
import { BUILT_IN, customObjectsOf, wantedFields, type Lookup } from './definition.ts';
import { lookupNameTaken, lookupNotFound } from './errors.ts';
import { listLookups, removeLookup, saveLookup, type LookupChange } from './store.ts';

export interface DefinitionOptions {
  db: Db;
  local: Pick<LocalDirectory, 'want'>;
  checkObjects: CheckObjects;
  /** What is committed here counts at once. */
  changed: (orgId: string) => Promise<void>;
}

export type Definitions = ReturnType<typeof createDefinitions>;

/** The look-ups that admins define. */
export function createDefinitions({ db, local, checkObjects, changed }: DefinitionOptions) {
  /** The fields that the org's look-ups need are kept from now on. */
  const keepWhatIsNeeded = async (tx: Db, orgId: string) =>
    local.want(tx, orgId, async () => wantedFields([BUILT_IN, ...(await listLookups(tx, orgId))]));

  return {
    keepWhatIsNeeded,

    /** The org's own look-ups; where there is no default among them the built-in one comes first. */
    async list(orgId: string): Promise<Lookup[]> {
      const own = await listLookups(db, orgId);
      return own.some(({ isDefault }) => isDefault) ? own : [BUILT_IN, ...own];
    },

    /** `id` null makes a new one. Throws lookup_not_found, lookup_name_taken, and what `checkObjects` throws. */
    async save(orgId: string, id: string | null, change: LookupChange): Promise<Lookup> {
      const own = await listLookups(db, orgId);
      const others = own.filter((each) => each.id !== id);
      if (others.some(({ name }) => name === change.name)) throw lookupNameTaken('Choose another name: phone systems may ask by it.');
      const known = own.flatMap(({ definition }) => customObjectsOf(definition));
      const checked = { ...change, definition: await checkObjects(orgId, change.definition, known) };
      const save = db.transaction().execute(async (tx) => {
        const row = await saveLookup(tx, orgId, id, checked);
        if (!row) throw lookupNotFound('It was removed, or belongs to another org.'); // and the default stays what it was
        await keepWhatIsNeeded(tx, orgId);
        return row;
      });
      // Two admins at the same moment.
      const saved = await save.catch((error: unknown) => {
        if (uniqueViolation(error) === undefined) throw error;
        throw lookupNameTaken('Somebody else saved a look-up just now. Reload, and save yours again.');
      });
      await changed(orgId);
      return saved;
    },

    async remove(orgId: string, id: string): Promise<void> {
      const removed = await db.transaction().execute(async (tx) => {
        const wasThere = await removeLookup(tx, orgId, id);
        if (wasThere) await keepWhatIsNeeded(tx, orgId);
        return wasThere;
      });
      await changed(orgId);
      if (!removed) throw lookupNotFound('It was removed, or belongs to another org.');
    },
  };
}
