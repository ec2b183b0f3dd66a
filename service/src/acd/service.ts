import { LRUCache } from 'lru-cache';
import type { Connections } from '../connections/index.ts';
import type { DiallingRules, LocalDirectory } from '../directory/index.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import { uniqueViolation, type Db } from '../platform/db/database.ts';
import { unavailable } from '../platform/errors.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Tokens } from './tokens.ts';
import type { Answer } from './answer.ts';
import { chooseLookup } from './choose.ts';
import { findAcdConnection } from './connection-store.ts';
import { BUILT_IN, wantedFields, type Lookup } from './definition.ts';
import { lookupNameTaken, lookupNotFound, pbxNotFound } from './errors.ts';
import { maskLong, maskNumber, type LookupLog } from './log.ts';
import { searchLog, summarizeLog, type LogRow, type LogSearch, type LogSummary } from './log-store.ts';
import type { Lookups, Question } from './lookup.ts';
import { newPbxId } from './pbx-id.ts';
import {
  addPbx,
  listLookups,
  listPbxs,
  removeLookup,
  removePbx,
  saveLookup,
  updatePbx,
  type LookupChange,
  type Pbx,
  type PbxChange,
} from './store.ts';

/** What an admin changes counts within this time in every process, and a service without its database goes on with what it knew. */
const SETTINGS_MS = 2_000;
/** A look-up waits this long for settings that are not known yet, and for newer ones. */
const FIRST_WAIT_MS = 1_000;
const NEWER_WAIT_MS = 100;
const PAGE = 50;
const DAY_MS = 24 * 3600_000;
/** Work that is done behind the call may wait for the org. */
const PATIENT_MS = 10_000;

export interface AcdOptions {
  db: Db;
  clock: Clock;
  tenancy: Pick<Tenancy, 'rollKeys' | 'removeKeys' | 'findOrg'>;
  local: LocalDirectory;
  lookups: Lookups;
  log: LookupLog;
  tokens: Tokens;
  requestsSince: Connections['requestsSince'];
}

interface Settings {
  pbxs: Pbx[];
  lookups: Lookup[];
  /** Origin of the org's pages. */
  orgUrl: string;
  /** Somebody has connected look-ups to the org. */
  isOn: boolean;
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
export function createAcd({ db, clock, tenancy, local, lookups, log, tokens, requestsSince }: AcdOptions) {
  const known = new LRUCache<string, Settings>({
    max: 10_000,
    ttl: SETTINGS_MS,
    noDeleteOnStaleGet: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (orgId) => {
      const [pbxs, own, org, connection] = await Promise.all([
        listPbxs(db, orgId),
        listLookups(db, orgId),
        tenancy.findOrg({ id: orgId }),
        findAcdConnection(db, orgId),
      ]);
      return { pbxs, lookups: own, orgUrl: org?.instanceUrl ?? '', isOn: connection?.isOn ?? false };
    },
  });

  /** What an admin set, where it is new enough; asked for again before it is too old, so that nobody waits for it. */
  function current(orgId: string): Settings | undefined {
    const fresh = known.get(orgId);
    if (fresh && known.getRemainingTTL(orgId) < SETTINGS_MS / 2) known.fetch(orgId, { forceRefresh: true }).catch(() => undefined); // as late as ever then
    return fresh;
  }

  /** What an admin set, two seconds old at most while the database tells it, and as it was last known when it does not. */
  async function settingsOf(orgId: string): Promise<Settings | undefined> {
    const over = new AbortController();
    const last = known.get(orgId, { allowStale: true });
    const late = sleep(last ? NEWER_WAIT_MS : FIRST_WAIT_MS, over.signal).then(() => undefined);
    const fresh = await Promise.race([known.fetch(orgId).catch(() => undefined), late]).finally(() => over.abort());
    return fresh ?? last;
  }

  const pbxFor = (settings: Settings | undefined, wanted: string | undefined) => settings && pbxOf(settings, wanted);
  const rulesOf = (orgId: string, pbx: Pbx | undefined): DiallingRules => pbx?.rules ?? { country: local.countryOf(orgId) };

  function questionOf(orgId: string, asked: Asked, settings: Settings | undefined, began = performance.now()) {
    const pbx = pbxFor(settings, asked.pbx);
    const rules = rulesOf(orgId, pbx);
    const question: Question = {
      orgId,
      orgUrl: settings?.orgUrl ?? '',
      caller: asked.caller,
      caseNumber: asked.caseNumber ?? '',
      accountNumber: asked.accountNumber ?? '',
      rules,
      lookup: settings ? chooseLookup(settings.lookups, asked, rules) : BUILT_IN,
      isOn: settings?.isOn ?? true,
      began,
      at: clock.now(),
    };
    return { pbx, question };
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

    /** The connection began or ended: it counts in this process at once. */
    connectionChanged: (orgId: string): void => void known.delete(orgId),

    /** How a phone system (our id or its own) writes numbers. */
    rulesFor: async (orgId: string, pbx: string | undefined): Promise<DiallingRules> =>
      rulesOf(orgId, pbxFor(await settingsOf(orgId), pbx)),

    /** The look-up that would answer. Throws lookup_not_found, and unavailable where it cannot be told for now. */
    async lookupFor(orgId: string, asked: Asked): Promise<Lookup> {
      const settings = await settingsOf(orgId);
      if (!settings)
        throw unavailable('Its look-ups cannot be told for the moment. Ask again in a second.', { headers: { 'retry-after': '1' } });
      return questionOf(orgId, asked, settings).question.lookup;
    },

    /** Whom a record is about. Waits longer than a caller would, is not logged, and asks the default look-up in place of one that was removed. */
    async findFor(orgId: string, asked: Asked): Promise<Answer> {
      const settings = await settingsOf(orgId);
      const named = settings?.lookups.some(({ id, name }) => id === asked.lookup || name === asked.lookup);
      const { question } = questionOf(orgId, named ? asked : { ...asked, lookup: undefined }, settings);
      const { lookup } = question;
      // What was reported is written to the org all the same while look-ups are switched off.
      return lookups.ask({ ...question, isOn: true, lookup: { ...lookup, definition: { ...lookup.definition, deadlineMs: PATIENT_MS } } });
    },

    /** Throws lookup_not_found; every other trouble is an answer with the default route. */
    async ask(orgId: string, asked: Asked): Promise<Answer & { tookMs: number }> {
      const began = performance.now();
      const { pbx, question } = questionOf(orgId, asked, current(orgId) ?? (await settingsOf(orgId)), began);
      const { lookup, at } = question;
      const answer = await lookups.ask(question);
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

    /** The org's time zone (IANA). */
    timeZone: (orgId: string): Promise<string> => local.timeZone(orgId),

    listPbxs: (orgId: string): Promise<Pbx[]> => listPbxs(db, orgId),

    /** A new phone system with its key, which is shown only now. From the first one on the org's people are kept here. */
    async addPbx(orgId: string, change: PbxChange): Promise<Pbx & { key: string }> {
      const made = await db.transaction().execute(async (tx) => {
        const pbx = await addPbx(tx, orgId, { pbxId: newPbxId(), ...change });
        const { acd: key } = await tenancy.rollKeys(tx, orgId, ['acd'], pbx.id);
        await local.keep(tx, orgId, change.rules.country);
        await keepWhatIsNeeded(tx, orgId);
        return { ...pbx, key };
      });
      await changed(orgId);
      return made;
    },

    async updatePbx(orgId: string, id: string, change: PbxChange): Promise<Pbx> {
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
      await this.pbxById(orgId, id);
      const { acd: key } = await db.transaction().execute((tx) => tenancy.rollKeys(tx, orgId, ['acd'], id));
      return { key };
    },

    /** A token of a phone system, shown only now. `replace`: tokens that were given out before end a day later. */
    async issueToken(
      orgId: string,
      id: string,
      { days, replace }: { days: number; replace: boolean },
    ): Promise<{ token: string; expiresAt: Date }> {
      const pbx = await this.pbxById(orgId, id);
      if (replace) await tokens.makeSecret(orgId, id, { replace: true });
      return tokens.issue(orgId, pbx, days);
    },
    /** Ends every token of a phone system; other processes notice within five seconds. */
    async endTokens(orgId: string, id: string): Promise<void> {
      await this.pbxById(orgId, id);
      await tokens.endAll(orgId, id);
    },
    async pbxById(orgId: string, id: string): Promise<Pbx> {
      const pbx = (await listPbxs(db, orgId)).find((each) => each.id === id);
      if (!pbx) throw pbxNotFound('The phone system was removed, or belongs to another org.');
      return pbx;
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

    async searchLog(orgId: string, search: LogSearch, before: number | null): Promise<{ items: LogRow[]; next: number | undefined }> {
      const rows = await searchLog(db, orgId, search, before, PAGE + 1);
      const items = rows.slice(0, PAGE);
      return { items, next: rows.length > PAGE ? items.at(-1)?.id : undefined };
    },

    /** What was answered in the last days, today (UTC) being one of them, and what it cost the org in API calls: searches and keeping up. */
    async summary(orgId: string, days: number): Promise<LogSummary & { from: Date; orgCalls: number; callsPer10000: number | null }> {
      const today = new Date(clock.now().toISOString().slice(0, 10));
      const from = new Date(today.getTime() - (days - 1) * DAY_MS);
      const [summary, orgCalls] = await Promise.all([summarizeLog(db, orgId, from), requestsSince(orgId, 'acd', from)]);
      return {
        ...summary,
        from,
        orgCalls,
        callsPer10000: summary.lookups === 0 ? null : Math.round((orgCalls * 10_000) / summary.lookups),
      };
    },
  };
}
