import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Db } from '../../platform/db/database.ts';
import { unavailable } from '../../platform/errors.ts';
import { objectOf } from './records.ts';
import { eraseCallsOf, listCallsOf } from './store.ts';
import { CALL_ID_FIELD, CALL_LANE, CALL_LANE_KEY, type CallRecord } from './types.ts';

/** External ids that one query names, and records that one call deletes. */
const AT_ONCE = 200;
const GONE = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

/** What is kept of a person's calls: to hand it out, and to erase it. */
export function createCallsOfPerson({ db }: { db: Db }) {
  return {
    /** Whoever erases holds it: nothing is written to the org meanwhile. */
    lanes: [{ purpose: CALL_LANE, key: CALL_LANE_KEY }],
    async export(orgId: string, number: string) {
      const calls = await listCallsOf(db, orgId, number);
      return calls.map(({ kind, state, createdAt, called, details, parameters }) => ({
        kind,
        state,
        at: createdAt,
        called,
        notes: details.notes ?? '',
        parameters,
      }));
    },
    /** Deletes the tasks and events of calls that are kept here. Throws unavailable. */
    async eraseInOrg(orgId: string, number: string, sf: SalesforceClient): Promise<void> {
      const calls = await listCallsOf(db, orgId, number);
      for (const object of ['Task', 'Event'] as const)
        await remove(
          sf,
          object,
          calls.filter((call) => objectOf(call) === object),
        );
    },
    erase: (tx: Db, orgId: string, number: string): Promise<void> => eraseCallsOf(tx, orgId, number),
  };
}

async function remove(sf: SalesforceClient, object: 'Task' | 'Event', calls: readonly CallRecord[]): Promise<void> {
  for (let from = 0; from < calls.length; from += AT_ONCE) {
    const ids = calls.slice(from, from + AT_ONCE).map(({ id }) => `'${id}'`);
    const { records } = await sf.query<{ Id: string }>(`SELECT Id FROM ${object} WHERE ${CALL_ID_FIELD} IN (${ids.join(', ')})`);
    if (records.length === 0) continue;
    const results = await sf.deleteCollection(records.map(({ Id }) => Id));
    if (results.some((result) => !result.success && !GONE.has(result.errors[0]?.code ?? '')))
      throw unavailable('Salesforce did not delete a call. Nothing was erased in the service.');
  }
}
