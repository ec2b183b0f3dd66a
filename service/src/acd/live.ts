import { LRUCache } from 'lru-cache';
import type { Call } from '../connections/index.ts';
import { PHONE_OBJECTS, viewerOf, type Directory, type LocalDirectory } from '../directory/index.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { createSingleFlight } from '../platform/single-flight.ts';
import type { Hit } from './around.ts';

/** How long the org's answer about what is not kept here is good: callers try again, and the next sweep brings it anyway. */
const GOOD_MS = 30_000;
/**
 * A search may take this long, whatever the deadline of who asked first: others wait for it as well, and a timeout says that the org does not
 * answer, to messaging too.
 */
const SEARCH_MS = 10_000;
/** Searches of one org that are under way or wait for their turn at most: beyond them an answer would come after every deadline. */
const MOST_SEARCHES = 100;

export class TooManySearchesError extends Error {
  constructor() {
    super('too many searches of the org are under way');
    this.name = 'TooManySearchesError';
  }
}

export type Live = ReturnType<typeof createLive>;

export interface LiveOptions {
  call: Call;
  directory: Pick<Directory, 'findInAll'>;
  local: Pick<LocalDirectory, 'bring' | 'findByKeys'>;
  logger: Logger;
}

/** Searches in the org for what is not kept here. Equal searches are one, which goes on when nobody waits for it any more. */
export function createLive({ call, directory, local, logger }: LiveOptions) {
  const once = createSingleFlight<Hit[]>();
  const found = new LRUCache<string, Hit[]>({ max: 50_000, ttl: GOOD_MS });
  const underWay = new Map<string, number>();

  /** What was found is kept from now on, and answered with everything that look-ups need. */
  async function keep(orgId: string, e164: string, hits: Hit[]): Promise<Hit[]> {
    if (hits.length === 0) return hits;
    try {
      await local.bring(orgId, hits);
      const { value } = await local.findByKeys(orgId, [e164]);
      return value.length > 0 ? value : hits;
    } catch (error) {
      logger.warn({ org: orgId, why: messageOf(error) }, 'what a search found could not be kept');
      return hits;
    }
  }

  async function search(
    orgId: string,
    what: string,
    work: Parameters<typeof call<Hit[]>>[2],
    then: (hits: Hit[]) => Promise<Hit[]> = (hits) => Promise.resolve(hits),
  ): Promise<Hit[]> {
    const key = `${orgId} ${what}`;
    const known = found.get(key);
    if (known) return known;
    return once(key, async () => {
      const before = underWay.get(orgId) ?? 0;
      if (before >= MOST_SEARCHES) throw new TooManySearchesError();
      underWay.set(orgId, before + 1);
      try {
        const hits = await then(await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: SEARCH_MS }, work));
        found.set(key, hits);
        return hits;
      } finally {
        const left = (underWay.get(orgId) as number) - 1;
        if (left > 0) underWay.set(orgId, left);
        else underWay.delete(orgId);
      }
    });
  }

  return {
    /** Who has this number, in the standard objects and these custom ones. Throws what `call` and `findInAll` throw, and TooManySearchesError. */
    byNumber: (orgId: string, e164: string, country: string, custom: readonly string[]): Promise<Hit[]> =>
      search(
        orgId,
        [e164, ...custom].join(' '),
        async (sf, session) => {
          const candidates = await directory.findInAll(viewerOf(orgId, session), sf, [{ e164, country }], [...PHONE_OBJECTS, ...custom]);
          return (candidates.get(e164) ?? []).map(({ field, ...candidate }) => ({ ...candidate, field: field.name, fields: {} }));
        },
        (hits) => keep(orgId, e164, hits),
      ),

    /** The case with this number, open or closed. `digits`: without leading zeros, which the org writes up to eight digits. */
    byCaseNumber: (orgId: string, digits: string): Promise<Hit[]> =>
      search(orgId, `case ${digits}`, async (sf) => {
        const forms = [...new Set([digits, digits.padStart(8, '0')])].map((form) => `'${form}'`).join(', ');
        const soql = `SELECT Id, CaseNumber, OwnerId, ContactId, AccountId, Status, Priority, CreatedDate, LastModifiedDate FROM Case WHERE CaseNumber IN (${forms})`;
        const { records } = await sf.query<CaseRow>(soql, { timeoutMs: SEARCH_MS });
        return records.map((row) => ({
          id: row.Id,
          object: 'Case',
          name: row.CaseNumber,
          ownerId: row.OwnerId,
          accountId: row.AccountId,
          activityAt: new Date(row.CreatedDate),
          changedAt: new Date(row.LastModifiedDate),
          field: 'CaseNumber',
          fields: { ContactId: row.ContactId, Status: row.Status, Priority: row.Priority },
        }));
      }),
  };
}

interface CaseRow extends Record<string, unknown> {
  Id: string;
  CaseNumber: string;
  OwnerId: string | null;
  ContactId: string | null;
  AccountId: string | null;
  Status: string | null;
  Priority: string | null;
  CreatedDate: string;
  LastModifiedDate: string;
}
