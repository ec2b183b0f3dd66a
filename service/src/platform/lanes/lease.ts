import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { LaneAddress } from './outbox.ts';

/** The right to work on a lane, until `lease_until` by the database's clock. Every claim has a new generation. */
export interface Lease extends LaneAddress {
  generation: number;
}

/** Somebody else took the lane over (this worker was frozen past its lease): whatever was about to be written must not be. */
export class LeaseLostError extends Error {
  constructor(lane: LaneAddress) {
    super(`the lease of lane ${lane.purpose}/${lane.key} was lost`);
    this.name = 'LeaseLostError';
  }
}

/** Takes the lane if nobody holds it and it is not on hold. */
export async function claimLane(db: Db, lane: LaneAddress, owner: string, leaseMs: number): Promise<Lease | undefined> {
  const { rows } = await sql<{ generation: number }>`
    insert into lane (org_id, purpose, key, generation, owner, lease_until)
    values (${lane.orgId}, ${lane.purpose}, ${lane.key}, 1, ${owner}, now() + ${leaseMs} * interval '1 millisecond')
    on conflict (org_id, purpose, key) do update
      set generation = lane.generation + 1, owner = excluded.owner, lease_until = excluded.lease_until,
        held_until = null, hold_code = null, hold_reason = null
      where (lane.lease_until is null or lane.lease_until < now()) and (lane.held_until is null or lane.held_until <= now())
    returning generation`.execute(db);
  return rows[0] && { orgId: lane.orgId, purpose: lane.purpose, key: lane.key, generation: rows[0].generation };
}

/** Prolongs a lease; false when it is lost already. */
export async function renewLease(db: Db, lease: Lease, leaseMs: number): Promise<boolean> {
  const result = await sql`
    update lane set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where org_id = ${lease.orgId} and purpose = ${lease.purpose} and key = ${lease.key}
      and generation = ${lease.generation} and lease_until > now()`.execute(db);
  return result.numAffectedRows === 1n;
}

/** Gives the lane back, at once for others. `hold` keeps everybody away from it for a while. */
export async function releaseLease(db: Db, lease: Lease, hold?: { until: Date; code: string; reason: string }): Promise<void> {
  await sql`
    update lane set lease_until = null, owner = null,
      held_until = ${hold?.until ?? null}, hold_code = ${hold?.code ?? null}, hold_reason = ${hold?.reason ?? null}
    where org_id = ${lease.orgId} and purpose = ${lease.purpose} and key = ${lease.key} and generation = ${lease.generation}`.execute(db);
}

/** Why lanes of an org wait as a whole, the longest hold first. A lane that is being tried at this moment is not held. */
export async function listHolds(db: Db, orgId: string, purpose: string): Promise<{ code: string; reason: string; until: Date }[]> {
  const { rows } = await sql<{ code: string; reason: string; until: Date }>`
    select coalesce(hold_code, '') as code, coalesce(hold_reason, '') as reason, held_until as until from lane
    where org_id = ${orgId} and purpose = ${purpose} and held_until > now() order by held_until desc`.execute(db);
  return rows;
}

/** Lifts the hold from all lanes of an org and a purpose, for example when the org is reached again. */
export async function liftHolds(db: Db, orgId: string, purpose: string): Promise<void> {
  await sql`update lane set held_until = null, hold_code = null, hold_reason = null
    where org_id = ${orgId} and purpose = ${purpose} and held_until is not null`.execute(db);
}

/** Ends all leases: only for a database that no other process can have open, where whoever held them is dead. */
export async function endLeases(db: Db): Promise<void> {
  await sql`update lane set lease_until = null, owner = null where lease_until is not null`.execute(db);
}

/**
 * Runs `work` in a transaction that commits only if the lease still stands; else nothing is written and LeaseLostError is thrown. By
 * clock_timestamp(): now() is when the transaction began, and the process may have stood still since.
 */
export async function guarded<T>(db: Db, lease: Lease, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      select 1 from lane
      where org_id = ${lease.orgId} and purpose = ${lease.purpose} and key = ${lease.key}
        and generation = ${lease.generation} and lease_until > clock_timestamp() for update`.execute(tx);
    if (rows.length === 0) throw new LeaseLostError(lease);
    return work(tx);
  });
}
