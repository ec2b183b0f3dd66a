import { MAX_HEAVY_SUBREQUESTS, type RecordError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { hasDeleted, selectOf, type ChangedRow, type Source } from './changes.ts';

/** Most ids in one query: a long address is refused (16,384 bytes). */
const IDS_AT_ONCE = 200;
/** Most records that one call reads by id; more are found faster by what changed lately. */
export const RECORDS_AT_ONCE = IDS_AT_ONCE * MAX_HEAVY_SUBREQUESTS;

export interface Records<S extends Source = Source> {
  source: S;
  /** As they are now, those in the recycle bin too. What is missing is gone, or not for this user to see. */
  rows: ChangedRow[];
  errors: RecordError[];
}

/** Reads records of several objects by id: one API call. Undefined where they do not fit into one. */
export async function readRecords<S extends Source>(
  sf: SalesforceClient,
  asked: readonly { source: S; ids: readonly string[] }[],
): Promise<Records<S>[] | undefined> {
  const parts = asked.flatMap(({ source, ids }) =>
    Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, index) => ({
      source,
      ids: ids.slice(index * IDS_AT_ONCE, (index + 1) * IDS_AT_ONCE),
    })),
  );
  if (parts.length > MAX_HEAVY_SUBREQUESTS) return undefined;
  if (parts.length === 0) return [];
  const results = await sf.composite(
    parts.map(({ source, ids }, index) => {
      const soql = `${selectOf(source)} WHERE Id IN (${ids.map((id) => `'${id}'`).join(', ')})`;
      return sf.steps.query(`records${index}`, soql, { deleted: hasDeleted(source) });
    }),
  );
  return parts.map(({ source }, index) => ({
    source,
    rows: (results[index]?.page?.records ?? []) as ChangedRow[],
    errors: results[index]?.errors ?? [],
  }));
}
