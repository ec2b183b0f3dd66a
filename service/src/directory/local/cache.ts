import { createCompactMap } from './compact-map.ts';
import { type Found, type LocalRecord } from './store.ts';

/** A key's records: each by its id, with the field that holds the key. */
export type Refs = readonly { id: string; field: string }[];

interface OrgState {
  /** Stands for the org and its era in names of entries. */
  prefix: string;
  /** Everything of the org is here: what is not, does not exist. */
  isComplete: boolean;
  /** Keys and `#id`s that changed since it was complete and have to be asked for. */
  holes: Set<string>;
  /** What changed while everything is being read. */
  touched: Set<string> | undefined;
}

/** Ends of whole numbers, of which there are two for each number, and addresses: few are ever asked for. */
export const isLeftOut = (key: string): boolean => key.startsWith('9:') || key.startsWith('7:') || key.startsWith('mail:');

/** Users of some orgs: a hundred bytes or two each. */
const MOST_UNPACKED = 5_000;
/** More changes than this are read as a whole again. */
const MOST_HOLES = 100_000;
/** After something had to go, orgs are not read as a whole for so long: they would only push each other out. */
const FULL_MS = 30 * 60_000;

export type Cache = ReturnType<typeof createCache>;

/**
 * Keys and records of orgs in this process, a few hundred bytes each and outside of the JavaScript heap. Records lie here once, however many keys
 * they have. Says `undefined` for what has to be asked for.
 */
export function createCache(maxBytes: number) {
  const orgs = new Map<string, OrgState>();
  const prefixes = new Set<string>();
  /** Counts how often something had to go: no org is complete any more then. */
  let evictions = 0;
  let evictedAt = -Infinity;
  const map = createCompactMap({
    maxBytes,
    isLive: (name) => prefixes.has(name.slice(0, name.indexOf(' ') + 1)),
    evicted: () => {
      unpacked.clear();
      evictions += 1;
      evictedAt = performance.now();
      for (const state of orgs.values()) state.isComplete = false;
    },
  });
  let eras = 0;
  /** Records that many answers are made of, such as the users who own the others, are not unpacked each time. By name of their entry. */
  const unpacked = new Map<string, LocalRecord>();

  function unpackedOf(name: string, id: string, held: string): LocalRecord {
    const record = unpack(id, held);
    if (record.object === 'User') {
      if (unpacked.size >= MOST_UNPACKED) unpacked.clear();
      unpacked.set(name, record);
    }
    return record;
  }

  function stateOf(orgId: string): OrgState {
    const known = orgs.get(orgId);
    if (known) return known;
    // What is kept under the prefix of before is not asked for any more, and goes in its turn.
    const fresh: OrgState = { prefix: `${(eras += 1).toString(36)} `, isComplete: false, holes: new Set(), touched: undefined };
    orgs.set(orgId, fresh);
    prefixes.add(fresh.prefix);
    return fresh;
  }

  function drop(orgId: string): void {
    const state = orgs.get(orgId);
    if (state) prefixes.delete(state.prefix);
    orgs.delete(orgId);
  }

  /** `isHeld` false: there is no room for it, and it has to be asked for each time. */
  function noteHeld(state: OrgState, what: string, isHeld: boolean): void {
    if (isHeld) {
      state.holes.delete(what);
      return;
    }
    state.touched?.add(what);
    if (state.isComplete) state.holes.add(what);
  }

  const isKnown = ({ isComplete, holes }: OrgState, what: string) => isComplete && !holes.has(what) && !isLeftOut(what);

  function recordOf(state: OrgState, id: string): LocalRecord | null | undefined {
    const name = `${state.prefix}#${id}`;
    const known = unpacked.get(name);
    if (known) return known;
    const held = map.get(name);
    if (held !== undefined) return held === '' ? null : unpackedOf(name, id, held);
    return isKnown(state, `#${id}`) ? null : undefined;
  }

  return {
    /** The records under a key. */
    byKey(orgId: string, key: string): Found[] | undefined {
      const state = stateOf(orgId);
      const held = map.get(`${state.prefix}${key}`);
      if (held === undefined) return isKnown(state, key) ? [] : undefined;
      if (held === '') return [];
      const found: Found[] = [];
      for (const line of held.split('\n')) {
        const [id = '', field = ''] = line.split(' ');
        const record = recordOf(state, id);
        if (!record) return undefined;
        found.push({ ...record, key, field });
      }
      return found;
    },
    /** A record; null: there is none with this id. */
    byId: (orgId: string, id: string): LocalRecord | null | undefined => recordOf(stateOf(orgId), id),

    putKey(orgId: string, key: string, refs: Refs): void {
      const state = stateOf(orgId);
      noteHeld(state, key, map.set(`${state.prefix}${key}`, refs.map(({ id, field }) => `${id} ${field}`).join('\n')));
    },
    putRecord(orgId: string, id: string, record: LocalRecord | undefined): void {
      const state = stateOf(orgId);
      const name = `${state.prefix}#${id}`;
      unpacked.delete(name);
      noteHeld(state, `#${id}`, map.set(name, record ? pack(record) : ''));
    },

    /** A key or `#id` has changed. */
    forget(orgId: string, what: string): void {
      const state = stateOf(orgId);
      const name = `${state.prefix}${what}`;
      map.delete(name);
      unpacked.delete(name);
      state.touched?.add(what);
      if (state.isComplete && !isLeftOut(what)) state.holes.add(what);
      if (state.holes.size > MOST_HOLES) drop(orgId);
    },
    /** Everything of an org may have changed. */
    forgetOrg: drop,
    clear(): void {
      map.clear();
      unpacked.clear();
      orgs.clear();
      prefixes.clear();
      evictedAt = -Infinity;
    },

    /**
     * Fills in everything of an org: `fill` puts what did not change meanwhile. False: there was no room for it, or so much changed that it has
     * to begin again.
     */
    async complete(orgId: string, fill: (isUntouched: (what: string) => boolean) => Promise<void>): Promise<boolean> {
      const state = stateOf(orgId);
      const touched = (state.touched = new Set<string>());
      const before = evictions;
      const goesOn = () => orgs.get(orgId) === state && evictions === before;
      try {
        await fill((what) => {
          if (!goesOn()) throw new OvertakenError();
          return !touched.has(what);
        });
      } catch (error) {
        if (!(error instanceof OvertakenError)) throw error;
      } finally {
        state.touched = undefined; // nothing comes between this and what follows
      }
      state.isComplete = goesOn();
      state.holes = touched;
      return state.isComplete;
    },
    isComplete: (orgId: string): boolean => orgs.get(orgId)?.isComplete ?? false,
    /** True: not everything has room; it may have later, when less is kept. */
    get isFull(): boolean {
      return performance.now() - evictedAt < FULL_MS;
    },
    /** Orgs of which something is here. */
    orgs: (): string[] => [...orgs.keys()],
    get bytes(): number {
      return map.bytes;
    },
  };
}

class OvertakenError extends Error {}

type Packed = [string, string, string | null, string | null, number | null, number, LocalRecord['fields']];

function pack({ object, name, ownerId, accountId, activityAt, changedAt, fields }: LocalRecord): string {
  return JSON.stringify([object, name, ownerId, accountId, activityAt?.getTime() ?? null, changedAt.getTime(), fields] satisfies Packed);
}

function unpack(id: string, text: string): LocalRecord {
  const [object, name, ownerId, accountId, activityAt, changedAt, fields] = JSON.parse(text) as Packed;
  return {
    id,
    object,
    name,
    ownerId,
    accountId,
    activityAt: activityAt === null ? null : new Date(activityAt),
    changedAt: new Date(changedAt),
    fields,
  };
}
