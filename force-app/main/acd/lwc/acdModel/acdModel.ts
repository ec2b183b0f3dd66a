/** How one phone system writes numbers; prefixes are digits. */
export interface DiallingRules {
  /** ISO 3166. */
  country: string;
  internationalPrefix?: string;
  longDistancePrefix?: string;
  keepLongDistancePrefix?: boolean;
  cutPrefix?: string;
  addPrefix?: string;
}

/** The answer of `GET /v1/acd/connection`. */
export interface AcdConnectionState {
  /** `standby`: the holder is broken, and another connected user does its work. */
  status: 'active' | 'standby' | 'inactive';
  isOn: boolean;
  since: string | null;
  why: string;
  nextStep: string;
  holder: string;
  orgId: string;
  /** Page on which the holder signs in. */
  connectUrl: string;
}

/** An item of `GET /v1/acd/pbxs`. */
export interface PhoneSystem {
  id: string;
  /** As the phone system names itself: `47EC1B-B70D69-818AE6`. */
  pbxId: string;
  name: string;
  rules: DiallingRules;
  /** May send its token as part of an address. */
  tokenInUrl: boolean;
  createdAt: string;
}

export interface OpenSpan {
  /** 1 is Monday, 7 Sunday. */
  day: number;
  from: string;
  to: string;
}

export interface Hours {
  timeZone?: string;
  open: OpenSpan[];
  holidays: { date: string; name?: string }[];
  closedRoute?: string;
}

export interface Filter {
  object: string;
  field: string;
  is: 'equal' | 'notEqual' | 'filled' | 'empty';
  value?: string;
}

/** A further field that the answer carries under a name of its own. */
export interface Variable {
  name: string;
  field: string;
}

export interface Definition {
  /** Contact, Lead, Account, and custom objects by their API names. */
  objects: string[];
  filters: Filter[];
  ranking: string[];
  several: 'first' | 'all' | 'ask';
  ring: string[];
  defaultRoute?: string;
  fields: { vip?: string; priority?: string; language?: string; skill?: string; doNotCall: string };
  /** Field of the record that holds the PIN. */
  pinField?: string;
  vipValues: string[];
  variables: Variable[];
  calledNumbers: string[];
  hours?: Hours;
  deadlineMs: number;
}

/** An item of `GET /v1/acd/lookups`; the built-in one has no id. */
export interface Lookup {
  id: string | null;
  name: string;
  isDefault: boolean;
  definition: Definition;
}

/** The answer of `GET /v1/acd/lookup`. */
export interface Answer {
  matched: boolean;
  source: 'index' | 'live' | 'fallback';
  stale: boolean;
  records: { id: string; object: string; name: string; owner?: { name: string; extension?: string } }[];
  extension?: string;
  variables: Record<string, string>;
  why: string;
  tookMs: number;
}

/** The answer of `GET /v1/acd/directory`. */
export interface DirectoryState {
  kept: boolean;
  sweptAt: string | null;
  problem: string | null;
  mode?: 'events' | 'sweeps';
  reason?: string | null;
  sources: {
    object: string;
    recordsRead: number;
    recordsTotal: number | null;
    loadedAt: string | null;
    problem: string | null;
  }[];
}

/** An item of `GET /v1/acd/log`; numbers are masked. */
export interface LogItem {
  id: string;
  at: string;
  pbx: string;
  lookup: string;
  caller: string;
  source: string;
  matched: boolean;
  stale: boolean;
  recordId: string | null;
  extension: string | null;
  tookMs: number;
  why: string;
}

/** The answer of `GET /v1/acd/log/summary`. */
export interface LogSummary {
  lookups: number;
  matched: number;
  sources: { source: string; lookups: number }[];
  /** Null: longer than all before. */
  latencies: { upToMs: number | null; lookups: number }[];
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  orgCalls: number;
  callsPer10000: number | null;
}

/** Whose records are callers in every org. */
export const STANDARD_OBJECTS: readonly string[] = ['Contact', 'Lead', 'Account'];
/** API name of a custom object, with the prefix of a package or without. */
export const isCustomObject = (name: string): boolean => /^[A-Za-z](?:\w*\w)?__c$/.test(name);
/** The org does not mind how an API name is written. */
export const isSameObject = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** What a new look-up begins with. */
export const emptyDefinition = (): Definition => ({
  objects: [...STANDARD_OBJECTS],
  filters: [],
  ranking: [],
  several: 'first',
  ring: ['recordOwner', 'accountOwner'],
  fields: { doNotCall: 'DoNotCall' },
  vipValues: [],
  variables: [],
  calledNumbers: [],
  deadlineMs: 1_500,
});

/** One value per line, as people type lists. */
export const toLines = (values: readonly string[]): string => values.join('\n');
export const fromLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Leaves out what was not filled in. */
export function filled<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && value !== null)) as T;
}

/** Keys of as many rows: those that there were, without the one of the row that was removed where there are fewer now, then new ones. */
export function keysFor(count: number, before: readonly string[], removed: number | undefined): string[] {
  const kept = count < before.length ? before.filter((_, index) => index !== removed) : before;
  const next = Math.max(-1, ...before.map(Number)) + 1;
  return Array.from({ length: count }, (_, index) => kept[index] ?? String(next + index));
}
