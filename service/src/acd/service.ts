import { LRUCache } from 'lru-cache';
import type { LocalDirectory, DiallingRules } from '../directory/index.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Answer } from './answer.ts';
import { BUILT_IN, type Lookup } from './definition.ts';
import { lookupNameTaken, lookupNotFound, pbxNotFound } from './errors.ts';
import { maskNumber, type LookupLog } from './log.ts';
import type { Lookups } from './lookup.ts';
import { newPbxId } from './pbx-id.ts';
import {
  addPbx,
  listLog,
  listLookups,
  listPbxs,
  removeLookup,
  removePbx,
  saveLookup,
  updatePbx,
  type LookupChange,
  type LogRow,
  type Pbx,
} from './store.ts';

/** What an admin changes counts within this time in every process, and a service without its database goes on with what it knew. */
const SETTINGS_MS = 2_000;
const SETTINGS_WAIT_MS = 1_000;
const PAGE = 50;

export interface AcdOptions {
  db: Db;
  clock: Clock;
  tenancy: Pick<Tenancy, 'rollKeys' | 'removeKeys'>;
  local: LocalDirectory;
  lookups: Lookups;
  log: LookupLog;
}

interface Settings {
  pbxs: Pbx[];
  lookups: Lookup[];
}

export interface Asked {
  caller: string;
  called: string;
  /** Id or name; the default without. */
  lookup: string | undefined;
  /** Our id of the phone system whose key asks, or its own id. Its only one, or the org's country, without. */
  pbx: string | undefined;
}

export type Acd = ReturnType<typeof createAcd>;

/** Phone systems, their look-ups and the answers. */
export function createAcd({ db, clock, tenancy, local, lookups, log }: AcdOptions) {
  const known = new LRUCache<string, Settings>({
    max: 10_000,
    ttl: SETTINGS_MS,
    noDeleteOnStaleGet: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (orgId) => {
      const [pbxs, own] = await Promise.all([listPbxs(db, orgId), listLookups(db, orgId)]);
      return { pbxs, lookups: own };
    },
  });

  /** What an admin set, two seconds old at most while the database tells it, and as it was last known when it does not. */
  async function settingsOf(orgId: string): Promise<Settings | undefined> {
    const over = new AbortController();
    const late = sleep(SETTINGS_WAIT_MS, over.signal).then(() => undefined);
    const last = known.get(orgId, { allowStale: true });
    const fresh = await Promise.race([known.fetch(orgId).catch(() => undefined), late]).finally(() => over.abort());
    return fresh ?? last;
  }

  function choose(settings: Settings | undefined, wanted: string | undefined): Lookup {
    if (!settings) return BUILT_IN;
    const { lookups: own } = settings;
    if (wanted) {
      const found = own.find(({ id, name }) => id === wanted || name === wanted);
      if (!found) throw lookupNotFound('No look-up has this id or name. Leave it out to ask the default one.');
      return found;
    }
    return own.find(({ isDefault }) => isDefault) ?? BUILT_IN;
  }

  async function findPbx(orgId: string, wanted: string | undefined): Promise<Pbx | undefined> {
    const { pbxs } = (await settingsOf(orgId)) ?? { pbxs: [] };
    return wanted ? pbxs.find(({ id, pbxId }) => id === wanted || pbxId === wanted) : pbxs.length === 1 ? pbxs[0] : undefined;
  }

  return {
    findPbx,

    /** Throws lookup_not_found; every other trouble is an answer with the default route. */
    async ask(orgId: string, asked: Asked): Promise<Answer> {
      const [began, at] = [performance.now(), clock.now()];
      const pbx = await findPbx(orgId, asked.pbx);
      const lookup = choose(await settingsOf(orgId), asked.lookup);
      const rules: DiallingRules = pbx?.rules ?? { country: local.countryOf(orgId) };
      const answer = await lookups.ask({ orgId, caller: asked.caller, rules, lookup });
      log.add({
        orgId,
        at,
        pbx: pbx?.name ?? '',
        lookup: lookup.name,
        caller: maskNumber(asked.caller),
        called: maskNumber(asked.called),
        source: answer.source,
        matched: answer.matched,
        stale: answer.stale,
        records: answer.records.length,
        recordId: answer.records[0]?.id ?? null,
        extension: answer.extension ?? null,
        tookMs: performance.now() - began,
        why: answer.why,
      });
      return answer;
    },

    listPbxs: (orgId: string): Promise<Pbx[]> => listPbxs(db, orgId),

    /** A new phone system with its key, which is shown only now. From the first one on the org's people are kept here. */
    async addPbx(orgId: string, { name, rules }: Pick<Pbx, 'name' | 'rules'>): Promise<Pbx & { key: string }> {
      const made = await db.transaction().execute(async (tx) => {
        const pbx = await addPbx(tx, orgId, { pbxId: newPbxId(), name, rules });
        const { acd: key } = await tenancy.rollKeys(tx, orgId, ['acd'], pbx.id);
        return { ...pbx, key };
      });
      await local.keep(orgId, rules.country);
      known.delete(orgId);
      return made;
    },

    async updatePbx(orgId: string, id: string, change: Pick<Pbx, 'name' | 'rules'>): Promise<Pbx> {
      const changed = await updatePbx(db, orgId, id, change);
      known.delete(orgId);
      if (!changed) throw pbxNotFound('The phone system was removed, or belongs to another org.');
      return changed;
    },

    /** A new key; the old one ends a day after the new one is first used. */
    async rollKey(orgId: string, id: string): Promise<{ key: string }> {
      if (!(await listPbxs(db, orgId)).some((pbx) => pbx.id === id))
        throw pbxNotFound('The phone system was removed, or belongs to another org.');
      const { acd: key } = await db.transaction().execute((tx) => tenancy.rollKeys(tx, orgId, ['acd'], id));
      return { key };
    },

    async removePbx(orgId: string, id: string): Promise<void> {
      const removed = await db.transaction().execute(async (tx) => {
        await tenancy.removeKeys(tx, orgId, 'acd', id);
        return removePbx(tx, orgId, id);
      });
      // Nobody asks any more: the org's people are not kept, and the org is not read.
      if (removed && (await listPbxs(db, orgId)).length === 0) await local.dismiss(orgId);
      known.delete(orgId);
      if (!removed) throw pbxNotFound('The phone system was removed, or belongs to another org.');
    },

    /** The org's own look-ups; where there is no default among them the built-in one comes first. */
    async listLookups(orgId: string): Promise<Lookup[]> {
      const own = await listLookups(db, orgId);
      return own.some(({ isDefault }) => isDefault) ? own : [BUILT_IN, ...own];
    },

    /** `id` null makes a new one. Throws lookup_not_found or lookup_name_taken. */
    async saveLookup(orgId: string, id: string | null, change: LookupChange): Promise<Lookup> {
      const others = (await listLookups(db, orgId)).filter((each) => each.id !== id);
      if (others.some(({ name }) => name === change.name)) throw lookupNameTaken('Choose another name: phone systems may ask by it.');
      const saved = await db.transaction().execute(async (tx) => {
        const row = await saveLookup(tx, orgId, id, change);
        if (!row) throw lookupNotFound('It was removed, or belongs to another org.'); // and the default stays what it was
        return row;
      });
      known.delete(orgId);
      return saved;
    },

    async removeLookup(orgId: string, id: string): Promise<void> {
      const removed = await removeLookup(db, orgId, id);
      known.delete(orgId);
      if (!removed) throw lookupNotFound('It was removed, or belongs to another org.');
    },

    /** How up to date the local directory is. */
    directory: (orgId: string) => local.state(orgId),
    refreshDirectory: () => local.refresh(),

    async listLog(orgId: string, before: number | null): Promise<{ items: LogRow[]; next: number | undefined }> {
      const rows = await listLog(db, orgId, before, PAGE + 1);
      const items = rows.slice(0, PAGE);
      return { items, next: rows.length > PAGE ? items.at(-1)?.id : undefined };
    },
  };
}
