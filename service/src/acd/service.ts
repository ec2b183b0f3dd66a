import { LRUCache } from 'lru-cache';
import type { DiallingRules, LocalDirectory } from '../directory/index.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import { uniqueViolation, type Db } from '../platform/db/database.ts';
import { unavailable } from '../platform/errors.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Answer } from './answer.ts';
import { chooseLookup } from './choose.ts';
import { BUILT_IN, wantedFields, type Lookup } from './definition.ts';
import { lookupNameTaken, lookupNotFound, pbxNotFound } from './errors.ts';
import { maskLong, maskNumber, type LookupLog } from './log.ts';
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
/** A look-up waits this long for settings that are not known yet, and for newer ones. */
const FIRST_WAIT_MS = 1_000;
const NEWER_WAIT_MS = 100;
const PAGE = 50;

export interface AcdOptions {
  db: Db;
  clock: Clock;
  tenancy: Pick<Tenancy, 'rollKeys' | 'removeKeys' | 'findOrg'>;
  local: LocalDirectory;
  lookups: Lookups;
  log: LookupLog;
}

interface Settings {
  pbxs: Pbx[];
  lookups: Lookup[];
  /** Origin of the org's pages. */
  orgUrl: string;
}

export interface Asked {
  caller: string;
  called: string;
  caseNumber?: string | undefined;
  accountNumber?: string | undefined;
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
      const [pbxs, own, org] = await Promise.all([listPbxs(db, orgId), listLookups(db, orgId), tenancy.findOrg({ id: orgId })]);
      return { pbxs, lookups: own, orgUrl: org?.instanceUrl ?? '' };
    },
  });

  /** What an admin set, two seconds old at most while the database tells it, and as it was last known when it does not. */
  async function settingsOf(orgId: string): Promise<Settings | undefined> {
    const over = new AbortController();
    const last = known.get(orgId, { allowStale: true });
    const late = sleep(last ? NEWER_WAIT_MS : FIRST_WAIT_MS, over.signal).then(() => undefined);
    const fresh = await Promise.race([known.fetch(orgId).catch(() => undefined), late]).finally(() => over.abort());
    return fresh ?? last;
  }

  const pbxOf = ({ pbxs }: Settings, wanted: string | undefined): Pbx | undefined =>
    wanted ? pbxs.find(({ id, pbxId }) => id === wanted || pbxId === wanted) : pbxs.length === 1 ? pbxs[0] : undefined;

  /** The fields that the org's look-ups need are kept from now on. */
  const keepWhatIsNeeded = async (tx: Db, orgId: string) =>
    local.want(tx, orgId, wantedFields([BUILT_IN, ...(await listLookups(tx, orgId))]));

  /** Counts at once in this process, and is read from the org soon. */
  async function changed(orgId: string): Promise<void> {
    known.delete(orgId);
    await local.changed(orgId);
  }

  return {
    /** A phone system by its id. Throws pbx_not_found, and unavailable where it cannot be told for now. */
    async findPbx(orgId: string, wanted: string): Promise<Pbx> {
      const settings = await settingsOf(orgId);
      if (!settings)
        throw unavailable('Its phone systems cannot be told for the moment. Ask again in a second.', { headers: { 'retry-after': '1' } });
      const found = pbxOf(settings, wanted);
      if (!found) throw pbxNotFound('The org has no phone system with this PBX id.');
      return found;
    },

    /** Throws lookup_not_found; every other trouble is an answer with the default route. */
    async ask(orgId: string, asked: Asked): Promise<Answer & { tookMs: number }> {
      const [began, at] = [performance.now(), clock.now()];
      const settings = await settingsOf(orgId);
      const pbx = settings && pbxOf(settings, asked.pbx);
      const rules: DiallingRules = pbx?.rules ?? { country: local.countryOf(orgId) };
      const lookup = settings ? chooseLookup(settings.lookups, asked, rules) : BUILT_IN;
      const answer = await lookups.ask({
        orgId,
        orgUrl: settings?.orgUrl ?? '',
        caller: asked.caller,
        caseNumber: asked.caseNumber ?? '',
        accountNumber: asked.accountNumber ?? '',
        rules,
        lookup,
        began,
        at,
      });
      const tookMs = performance.now() - began;
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
        extension: answer.extension === undefined ? null : maskLong(answer.extension),
        tookMs,
        why: answer.why,
      });
      return { ...answer, tookMs };
    },

    listPbxs: (orgId: string): Promise<Pbx[]> => listPbxs(db, orgId),

    /** A new phone system with its key, which is shown only now. From the first one on the org's people are kept here. */
    async addPbx(orgId: string, { name, rules }: Pick<Pbx, 'name' | 'rules'>): Promise<Pbx & { key: string }> {
      const made = await db.transaction().execute(async (tx) => {
        const pbx = await addPbx(tx, orgId, { pbxId: newPbxId(), name, rules });
        const { acd: key } = await tenancy.rollKeys(tx, orgId, ['acd'], pbx.id);
        await local.keep(tx, orgId, rules.country);
        await keepWhatIsNeeded(tx, orgId);
        return { ...pbx, key };
      });
      await changed(orgId);
      return made;
    },

    async updatePbx(orgId: string, id: string, change: Pick<Pbx, 'name' | 'rules'>): Promise<Pbx> {
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
      if (!(await listPbxs(db, orgId)).some((pbx) => pbx.id === id))
        throw pbxNotFound('The phone system was removed, or belongs to another org.');
      const { acd: key } = await db.transaction().execute((tx) => tenancy.rollKeys(tx, orgId, ['acd'], id));
      return { key };
    },

    async removePbx(orgId: string, id: string): Promise<void> {
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

    /** The org's own look-ups; where there is no default among them the built-in one comes first. */
    async listLookups(orgId: string): Promise<Lookup[]> {
      const own = await listLookups(db, orgId);
      return own.some(({ isDefault }) => isDefault) ? own : [BUILT_IN, ...own];
    },

    /** `id` null makes a new one. Throws lookup_not_found or lookup_name_taken. */
    async saveLookup(orgId: string, id: string | null, change: LookupChange): Promise<Lookup> {
      const others = (await listLookups(db, orgId)).filter((each) => each.id !== id);
      if (others.some(({ name }) => name === change.name)) throw lookupNameTaken('Choose another name: phone systems may ask by it.');
      const save = db.transaction().execute(async (tx) => {
        const row = await saveLookup(tx, orgId, id, change);
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

    async removeLookup(orgId: string, id: string): Promise<void> {
      const removed = await db.transaction().execute(async (tx) => {
        const wasThere = await removeLookup(tx, orgId, id);
        if (wasThere) await keepWhatIsNeeded(tx, orgId);
        return wasThere;
      });
      await changed(orgId);
      if (!removed) throw lookupNotFound('It was removed, or belongs to another org.');
    },

    /** How up to date the local directory is. */
    directory: (orgId: string) => local.state(orgId),
    refreshDirectory: (orgId: string) => local.refresh(orgId),

    async listLog(orgId: string, before: number | null): Promise<{ items: LogRow[]; next: number | undefined }> {
      const rows = await listLog(db, orgId, before, PAGE + 1);
      const items = rows.slice(0, PAGE);
      return { items, next: rows.length > PAGE ? items.at(-1)?.id : undefined };
    },
  };
}
