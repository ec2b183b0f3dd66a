import type { LocalDirectory } from '../directory/index.ts';
import type { Db } from '../platform/db/database.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Definitions } from './definitions.ts';
import { pbxNotFound } from './errors.ts';
import { newPbxId } from './pbx-id.ts';
import { addPbx, listPbxs, removePbx, updatePbx, type Pbx, type PbxChange } from './store.ts';
import type { Tokens } from './tokens.ts';

export interface PhoneSystemOptions {
  db: Db;
  tenancy: Pick<Tenancy, 'rollKeys' | 'removeKeys'>;
  local: Pick<LocalDirectory, 'keep' | 'setCountry' | 'dismiss'>;
  tokens: Tokens;
  definitions: Definitions;
  /** What is committed here counts at once. */
  changed: (orgId: string) => Promise<void>;
}

export type PhoneSystems = ReturnType<typeof createPhoneSystems>;

/** The phone systems of an org, their keys and tokens. */
export function createPhoneSystems({ db, tenancy, local, tokens, definitions, changed }: PhoneSystemOptions) {
  async function pbxById(orgId: string, id: string): Promise<Pbx> {
    const pbx = (await listPbxs(db, orgId)).find((each) => each.id === id);
    if (!pbx) throw pbxNotFound('The phone system was removed, or belongs to another org.');
    return pbx;
  }

  return {
    list: (orgId: string): Promise<Pbx[]> => listPbxs(db, orgId),

    /** A new phone system with its key, which is shown only now. From the first one on the org's people are kept here. */
    async add(orgId: string, change: PbxChange): Promise<Pbx & { key: string }> {
      const made = await db.transaction().execute(async (tx) => {
        const pbx = await addPbx(tx, orgId, { pbxId: newPbxId(), ...change });
        const { acd: key } = await tenancy.rollKeys(tx, orgId, ['acd'], pbx.id);
        await local.keep(tx, orgId, change.rules.country);
        await definitions.keepWhatIsNeeded(tx, orgId);
        return { ...pbx, key };
      });
      await changed(orgId);
      return made;
    },

    async update(orgId: string, id: string, change: PbxChange): Promise<Pbx> {
      const pbx = await db.transaction().execute(async (tx) => {
        const row = await updatePbx(tx, orgId, id, change);
        // The org's numbers belong to the country of its first phone system.
        const [first] = await listPbxs(tx, orgId);
        if (first?.id === id) await local.setCountry(tx, orgId, change.rules.country);
        return row;
      });
      await changed(orgId);
      if (!pbx) throw pbxNotFound('The phone system was removed, or belongs to another org.');
      return pbx;
    },

    /** A new key; the old one ends a day after the new one is first used. */
    async rollKey(orgId: string, id: string): Promise<{ key: string }> {
      await pbxById(orgId, id);
      const { acd: key } = await db.transaction().execute((tx) => tenancy.rollKeys(tx, orgId, ['acd'], id));
      return { key };
    },

    /** A token of a phone system, shown only now. `replace`: tokens that were given out before end a day later. */
    async issueToken(
      orgId: string,
      id: string,
      { days, replace }: { days: number; replace: boolean },
    ): Promise<{ token: string; expiresAt: Date }> {
      const pbx = await pbxById(orgId, id);
      if (replace) await tokens.makeSecret(orgId, id, { replace: true });
      return tokens.issue(orgId, pbx, days);
    },
    /** Ends every token of a phone system; other processes notice within five seconds. */
    async endTokens(orgId: string, id: string): Promise<void> {
      await pbxById(orgId, id);
      await tokens.endAll(orgId, id);
    },
    async remove(orgId: string, id: string): Promise<void> {
      const removed = await db.transaction().execute(async (tx) => {
        await tenancy.removeKeys(tx, orgId, 'acd', id);
        const wasThere = await removePbx(tx, orgId, id);
        // Nobody asks any more: the org's people are not kept, and the org is not read.
        if (wasThere && (await listPbxs(tx, orgId)).length === 0) await local.dismiss(tx, orgId);
        return wasThere;
      });
      await changed(orgId);
      if (!removed) throw pbxNotFound('The phone system was removed, or belongs to another org.');
    },
  };
}
