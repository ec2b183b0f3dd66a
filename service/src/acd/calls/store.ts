import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { CALL_STATES, type CallParty, type CallRecord, type CallReport } from './types.ts';

const CALL = sql`id, kind, pbx, caller, called, lookup, case_number as "caseNumber", state, state_at as "stateAt", extension, details, parameters,
  found_at as "foundAt", who_id as "whoId", what_id as "whatId", owner_id as "ownerId", taker_id as "takerId", record_id as "recordId", who, popped_at as "poppedAt", made_at as "madeAt",
  written_at as "writtenAt", created_at as "createdAt"`;

/** The earlier of two reports may come later: a state never goes back. */
const STATE_RANK = (state: ReturnType<typeof sql>) => sql`coalesce(array_position(${[...CALL_STATES]}::text[], ${state}), 0)`;

/** What the first report that told it has told. */
const FIRST_TOLD = (column: 'caller' | 'called' | 'case_number') =>
  sql`case when kept.${sql.ref(column)} = '' then excluded.${sql.ref(column)} else kept.${sql.ref(column)} end`;
const IS_OTHERS = sql`(coalesce(excluded.extension, kept.extension) is distinct from kept.extension
  or ${FIRST_TOLD('caller')} <> kept.caller or ${FIRST_TOLD('case_number')} <> kept.case_number)`;

/**
 * Stores a report, or adds what it tells to the record with this id: what it does not name stays as it was. False: it told nothing new, and
 * nothing is to be written to the org.
 */
export async function saveCall(tx: Db, orgId: string, id: string, call: CallReport & { fingerprint: string }): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    insert into acd_call as kept (org_id, id, kind, pbx, caller, called, lookup, case_number, state, extension, details, parameters, fingerprint)
    values (${orgId}, ${id}, ${call.kind}, ${call.pbx}, ${call.caller}, ${call.called}, ${call.lookup}, ${call.caseNumber}, ${call.state},
      ${call.extension}, ${JSON.stringify(call.details)}, ${JSON.stringify(call.parameters)}, ${call.fingerprint})
    on conflict (org_id, id) do update set
      state = case when ${STATE_RANK(sql`excluded.state`)} > ${STATE_RANK(sql`kept.state`)} then excluded.state else kept.state end,
      state_at = case when ${STATE_RANK(sql`excluded.state`)} > ${STATE_RANK(sql`kept.state`)} then now() else kept.state_at end,
      extension = coalesce(excluded.extension, kept.extension), lookup = coalesce(kept.lookup, excluded.lookup),
      caller = ${FIRST_TOLD('caller')}, called = ${FIRST_TOLD('called')}, case_number = ${FIRST_TOLD('case_number')},
      -- Another person, or another agent: it is found out again.
      found_at = case when ${IS_OTHERS} then null else kept.found_at end,
      details = kept.details || excluded.details, parameters = kept.parameters || excluded.parameters
      where kept.kind = 'call' and (${STATE_RANK(sql`excluded.state`)} > ${STATE_RANK(sql`kept.state`)} or ${IS_OTHERS}
        or ${FIRST_TOLD('called')} <> kept.called
        or kept.details || excluded.details <> kept.details or kept.parameters || excluded.parameters <> kept.parameters)
    returning id`.execute(tx);
  return rows.length > 0;
}

/** The newest record that a request like this one has made since a moment. */
export async function findLike(tx: Db, orgId: string, fingerprint: string, since: Date): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from acd_call
    where org_id = ${orgId} and fingerprint = ${fingerprint} and created_at > ${since} order by created_at desc limit 1`.execute(tx);
  return rows[0]?.id;
}

export async function findCalls(db: Db, orgId: string, ids: readonly string[]): Promise<CallRecord[]> {
  const { rows } = await sql<CallRecord>`select ${CALL} from acd_call where org_id = ${orgId} and id = any(${[...ids]}::uuid[])`.execute(
    db,
  );
  return rows;
}

/** Notes whom calls are about. */
export async function saveParties(db: Db, orgId: string, found: readonly (CallParty & { id: string })[]): Promise<void> {
  if (found.length === 0) return;
  await sql`update acd_call c set found_at = now(), who_id = x."whoId", what_id = x."whatId", owner_id = x."ownerId", taker_id = x."takerId", record_id = x."recordId", who = x.who
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as x(id uuid, "whoId" text, "whatId" text, "ownerId" text, "takerId" text, "recordId" text, who text)
    where c.org_id = ${orgId} and c.id = x.id`.execute(db);
}

export type Repair = 'party' | 'owner' | 'nobody' | 'made';

/** Whom it is about is to be found out again (`party`) or is nobody (`nobody`), it has no owner (`owner`), or it is in the org already (`made`). */
export async function repairCall(tx: Db, orgId: string, id: string, what: Repair): Promise<void> {
  const changes = {
    made: sql`made_at = now()`,
    owner: sql`owner_id = null`,
    party: sql`found_at = null`,
    nobody: sql`who_id = null, what_id = null, record_id = null`,
  };
  const change = changes[what];
  await sql`update acd_call set ${change} where org_id = ${orgId} and id = ${id}`.execute(tx);
}

export async function saveWritten(tx: Db, orgId: string, written: readonly { id: string; salesforceId: string | null }[]): Promise<void> {
  if (written.length === 0) return;
  await sql`update acd_call c set written_at = now(), made_at = now(), salesforce_id = x."salesforceId"
    from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as x(id uuid, "salesforceId" text)
    where c.org_id = ${orgId} and c.id = x.id`.execute(tx);
}

/** Somebody deleted it in the org, and it was just made anew without what is written a single time. */
export async function writeAgain(tx: Db, orgId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update acd_call set written_at = null where org_id = ${orgId} and id = any(${[...ids]}::uuid[])`.execute(tx);
}

/** Takes the right to show these calls to whoever took them: a screen changes once. */
export async function claimPops(db: Db, orgId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`update acd_call set popped_at = now()
    where org_id = ${orgId} and id = any(${[...ids]}::uuid[]) and popped_at is null returning id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** The newest record of a caller since a moment that an IVR's answers belong to: a call that goes on, or a callback of just now. */
export async function findOfCaller(tx: Db, orgId: string, pbx: string, caller: string, since: Date): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from acd_call
    where org_id = ${orgId} and pbx = ${pbx} and caller = ${caller} and created_at > ${since}
      and case when kind = 'call' then state = 'answered' and state_at > now() - interval '5 minutes'
        else created_at > now() - interval '5 minutes' end
    order by created_at desc limit 1`.execute(tx);
  return rows[0]?.id;
}

export async function addParameters(tx: Db, orgId: string, id: string, parameters: Record<string, string>): Promise<void> {
  await sql`update acd_call set parameters = parameters || ${JSON.stringify(parameters)}::jsonb where org_id = ${orgId} and id = ${id}`.execute(
    tx,
  );
}

/**
 * Keeps an IVR's answers, `call` (null: none yet) being the record that has them. Answers of the same call add up; those of a call before, and those
 * from before a moment, are replaced.
 */
export async function saveIvr(
  tx: Db,
  orgId: string,
  ivr: { pbx: string; number: string; parameters: Record<string, string>; call: string | null; since: Date },
): Promise<void> {
  const { pbx, number, parameters, call, since } = ivr;
  await sql`insert into acd_ivr as kept (org_id, pbx, number, parameters, taken_by)
    values (${orgId}, ${pbx}, ${number}, ${JSON.stringify(parameters)}, ${call})
    on conflict (org_id, pbx, number) do update set
      parameters = case when kept.updated_at > ${since} and kept.taken_by is not distinct from excluded.taken_by
        then kept.parameters || excluded.parameters else excluded.parameters end,
      taken_by = excluded.taken_by, updated_at = now()`.execute(tx);
}

/** Gives an IVR's answers since a moment to a record, unless another one has them. */
export async function takeIvr(
  tx: Db,
  orgId: string,
  ivr: { pbx: string; number: string; call: string; since: Date },
): Promise<Record<string, string> | undefined> {
  const { pbx, number, call, since } = ivr;
  const { rows } = await sql<{ parameters: Record<string, string> }>`update acd_ivr set taken_by = ${call}
    where org_id = ${orgId} and pbx = ${pbx} and number = ${number} and updated_at > ${since} and (taken_by is null or taken_by = ${call})
    returning parameters`.execute(tx);
  return rows[0]?.parameters;
}

/** An IVR's answers about a number since a moment, of one phone system or (null) of the one that asked last. */
export async function findIvr(
  db: Db,
  orgId: string,
  pbx: string | null,
  number: string,
  since: Date,
): Promise<Record<string, string> | undefined> {
  const { rows } = await sql<{ parameters: Record<string, string> }>`select parameters from acd_ivr
    where org_id = ${orgId} and number = ${number} and updated_at > ${since} and (${pbx}::uuid is null or pbx = ${pbx}::uuid)
    order by updated_at desc limit 1`.execute(db);
  return rows[0]?.parameters;
}

/** Records that are older, and IVR answers that nobody fetched. */
export async function eraseOldCalls(db: Db, before: Date, ivrBefore: Date): Promise<void> {
  await sql`delete from acd_call where created_at < ${before} and not exists (
    select 1 from outbox o where o.org_id = acd_call.org_id and o.subject_kind = 'call' and o.subject_id = acd_call.id)`.execute(db);
  await sql`delete from acd_ivr where updated_at < ${ivrBefore}`.execute(db);
}

/** Ids of what is kept about a caller. */
export async function listCallsOf(db: Db, orgId: string, caller: string): Promise<CallRecord[]> {
  return (
    await sql<CallRecord>`select ${CALL} from acd_call where org_id = ${orgId} and caller = ${caller} order by created_at`.execute(db)
  ).rows;
}

export async function eraseCallsOf(tx: Db, orgId: string, caller: string): Promise<void> {
  await sql`delete from acd_call where org_id = ${orgId} and caller = ${caller}`.execute(tx);
  await sql`delete from acd_ivr where org_id = ${orgId} and number = ${caller}`.execute(tx);
}
