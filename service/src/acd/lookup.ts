import { LRUCache } from 'lru-cache';
import {
  keysOfCaller,
  readCaller,
  SearchRefusedError,
  type CallerNumber,
  type DiallingRules,
  type Directory,
  type LocalDirectory,
} from '../directory/index.ts';
import type { Call } from '../connections/index.ts';
import { sleep } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { createSingleFlight } from '../platform/single-flight.ts';
import { answerOf, rank, type Answer, type Match } from './answer.ts';
import { destination, type Definition, type Lookup } from './definition.ts';

export interface Question {
  orgId: string;
  /** As the phone system sent it. */
  caller: string;
  rules: DiallingRules;
  lookup: Lookup;
}

export interface LookupOptions {
  call: Call;
  directory: Pick<Directory, 'findByNumbers'>;
  local: LocalDirectory;
  logger: Logger;
}

/** How long the org's answer about a number that is not kept here is good: callers try again, and the next sweep brings it anyway. */
const LIVE_GOOD_MS = 30_000;
/**
 * A search may take this long, whatever the deadline of who asked first: others wait for it as well, and a timeout says that the org does not
 * answer, to messaging too.
 */
const SEARCH_MS = 10_000;

export type Lookups = ReturnType<typeof createLookups>;

/**
 * Answers who calls and whom to ring: from the local directory, on a miss by one search in the org, and with the default route when neither
 * has answered before the deadline. Equal questions at the same time are one. Never throws.
 */
export function createLookups({ call, directory, local, logger }: LookupOptions) {
  const once = createSingleFlight<Answer>();
  const searching = createSingleFlight<Match[]>();
  const searched = new LRUCache<string, Match[]>({ max: 50_000, ttl: LIVE_GOOD_MS });

  async function answer({ orgId, caller: text, rules, lookup }: Question): Promise<Answer> {
    const { definition } = lookup;
    const caller = readCaller(text, rules);
    if (!caller || caller.kind === 'withheld')
      return nobody(definition, caller ? 'The caller’s number is withheld.' : 'The caller is no number.');
    const over = new AbortController();
    const deadline = sleep(definition.deadlineMs, over.signal).then(() => late(definition));
    return Promise.race([search(orgId, caller, definition), deadline]).finally(() => over.abort());
  }

  async function search(orgId: string, caller: CallerNumber, definition: Definition): Promise<Answer> {
    try {
      for (const keys of keysOfCaller(caller)) {
        const found = await local.findByKeys(orgId, keys);
        const matches = rank(await withOwners(orgId, found.value), definition);
        if (matches.length > 0)
          return answerOf(matches, definition, { source: 'index', stale: found.stale || local.isBehind(orgId), otherwise: '' });
      }
      if (caller.kind !== 'number') return nobody(definition, 'Nobody has this number.');
      const matches = rank(await searchOrg(orgId, caller.e164), definition);
      return answerOf(matches, definition, { source: 'live', stale: false, otherwise: 'Nobody in the org has this number.' });
    } catch (error) {
      // The default route is an answer; what kept us from a better one is the operator's to know. Numbers are in no message of these errors.
      logger.warn({ org: orgId, err: error }, 'a look-up was answered with its default route');
      const refused = error instanceof SearchRefusedError;
      const otherwise = refused ? 'The org refused the search.' : 'Neither the directory nor the org could be asked.';
      return answerOf([], definition, { source: 'fallback', stale: true, otherwise });
    }
  }

  async function withOwners(orgId: string, found: readonly Omit<Match, 'owner'>[]): Promise<Match[]> {
    return Promise.all(
      found.map(async (match) => {
        // Who calls is worth more than whom to ring: without the owner the default route is answered.
        const owner = match.ownerId ? await local.find(orgId, match.ownerId).catch(() => undefined) : undefined;
        return { ...match, owner: owner && { name: owner.name, extension: extensionOf(owner.fields) } };
      }),
    );
  }

  /** Goes on when nobody waits any more, so that the next one who asks has its result. */
  function searchOrg(orgId: string, e164: string): Promise<Match[]> {
    const key = `${orgId} ${e164}`;
    const known = searched.get(key);
    if (known) return Promise.resolve(known);
    return searching(key, async () => {
      const candidates = await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: SEARCH_MS }, async (sf, session) =>
        directory.findByNumbers(
          { orgId, connectionId: session.connectionId, rightsVersion: session.rightsVersion },
          sf,
          [{ e164, country: local.countryOf(orgId) }],
          [],
        ),
      );
      const found = (candidates.get(e164) ?? []).map(({ field, ...candidate }) => ({ ...candidate, field: field.name }));
      const matches = await withOwners(orgId, found);
      searched.set(key, matches);
      return matches;
    });
  }

  return {
    ask: (question: Question): Promise<Answer> =>
      once(JSON.stringify([question.orgId, question.lookup, question.rules, question.caller]), () => answer(question)),
  };
}

/** Of users who work here, and only what a dial plan can take: users may write into this field what they like. */
function extensionOf({ Extension, IsActive }: Record<string, string | boolean | null>): string | null {
  return IsActive !== false && destination.safeParse(Extension).success ? (Extension as string) : null;
}

const nobody = (definition: Definition, otherwise: string): Answer =>
  answerOf([], definition, { source: 'index', stale: false, otherwise });

const late = (definition: Definition): Answer =>
  answerOf([], definition, { source: 'fallback', stale: true, otherwise: 'No answer was there before the deadline.' });
