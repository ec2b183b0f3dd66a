import { withOverlap, type Place } from '../../feed/index.ts';
import { refusedCode, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Load } from './load-store.ts';
import type { KeptSource } from './objects.ts';
import { type SourceState } from './source-store.ts';

/**
 * An object with more records than this is read by a bulk query the first time. Salesforce recommends the REST API below 2,000 records; up to
 * five pages of that size, which all objects share, cost fewer calls than making, asking for, reading and deleting a job.
 */
export const BULK_FROM = 10_000;

export interface Ask {
  source: KeptSource;
  after: Place | null;
}

/** What is to be read of an org, and how. */
export interface Plan {
  /** By pages in the order of changes. */
  asks: Ask[];
  /** By bulk queries; `begins`: not begun yet. */
  loads: { source: KeptSource; begins: boolean }[];
  /** How many records the objects hold that are read from their beginning, where the org tells. */
  counts: Map<string, number>;
}

/** Decides for each object; costs a call only where one is to be read from its beginning. */
export async function planOf(
  sf: SalesforceClient,
  sources: readonly KeptSource[],
  states: Map<string, SourceState>,
  loads: Map<string, Load>,
  bulkFrom: number,
  country: string,
): Promise<Plan> {
  const goesOn = (source: KeptSource) => {
    const state = states.get(source.object);
    return sameFields(source, state, country) && !state.loadedAt && loads.has(source.object);
  };
  const unread = sources.filter((source) => !goesOn(source) && isUnread(source, states.get(source.object), country));
  const counts = await countOf(sf, unread);
  const begins = new Set(unread.filter(({ object }) => (counts.get(object) ?? 0) > bulkFrom));
  return {
    asks: sources
      .filter((source) => !goesOn(source) && !begins.has(source))
      .map((source) => ({ source, after: placeOf(source, states.get(source.object), country) })),
    loads: sources.filter((source) => goesOn(source) || begins.has(source)).map((source) => ({ source, begins: begins.has(source) })),
    counts,
  };
}

/** An org that refuses to count is read by pages. */
async function countOf(sf: SalesforceClient, sources: readonly KeptSource[]): Promise<Map<string, number>> {
  if (sources.length === 0) return new Map();
  try {
    return await sf.recordCounts(sources.map(({ object }) => object));
  } catch (error) {
    if (refusedCode(error) === undefined) throw error;
    return new Map();
  }
}

function isUnread(source: KeptSource, state: SourceState | undefined, country: string): boolean {
  return !sameFields(source, state, country) || (!state.place && !state.loadedAt);
}

/** Where an object's reading begins. Other fields than last time: all of it anew. */
function placeOf(source: KeptSource, state: SourceState | undefined, country: string): Place | null {
  if (!sameFields(source, state, country) || !state.place) return null;
  return state.loadedAt ? withOverlap(state.place) : state.place;
}

/** Whether an object was read as it would be now. */
export function sameFields(source: KeptSource, state: SourceState | undefined, country: string): state is SourceState {
  return state !== undefined && state.country === country && JSON.stringify([...source.fields]) === JSON.stringify(state.fields);
}
