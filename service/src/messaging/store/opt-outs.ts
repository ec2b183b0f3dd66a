import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE, type OptOut } from '../types.ts';
import { shard } from './messages.ts';

const OPT_OUT = sql`id, number, state, kind, keyword, reason, changed_at as "changedAt", changed_by as "changedBy"`;

/** Sets a number's consent, and puts it and its conversations on their org lanes. An older change never overwrites a newer one. */
export async function saveOptOut(tx: Db, orgId: string, change: OptOut): Promise<OptOut> {
  const { rows } = await sql<OptOut>`
    with changed as (
      insert into opt_out (org_id, id, number, state, kind, keyword, reason, changed_at, changed_by)
      values (${orgId}, ${change.id}, ${change.number}, ${change.state}, ${change.kind}, ${change.keyword}, ${change.reason}, ${change.changedAt}, ${change.changedBy})
      on conflict (org_id, number) do update set state = excluded.state, kind = excluded.kind, keyword = excluded.keyword,
        reason = excluded.reason, changed_at = excluded.changed_at, changed_by = excluded.changed_by
        where opt_out.changed_at <= excluded.changed_at or opt_out.kind = 'help'
      returning ${OPT_OUT}
    ), known as (
      select id from conversation where org_id = ${orgId} and customer_number = ${change.number} and exists (select 1 from changed)
      order by id for no key update -- as lockConversations does
    ), c as (
      update conversation set opted_out = (select state = 'opted_out' from changed)
      where org_id = ${orgId} and id in (select id from known) returning id
    ), o as (
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      -- in this order: conversations are locked before any outbox row is
      select ${orgId}::uuid, ${ORG_LANE}, ${shard(sql`id`)}, 'conversation', id from c
      union all
      select ${orgId}::uuid, ${ORG_LANE}, ${shard(sql`id`)}, 'opt_out', id from changed
      on conflict (org_id, purpose, subject_kind, subject_id) do update
        set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
    )
    select * from changed`.execute(tx);
  return rows[0] ?? ((await findOptOut(tx, orgId, change.number)) as OptOut);
}

/** Keeps that somebody asked for help, with the number's consent as it is: none was given or taken back by it. */
export async function saveHelp(tx: Db, orgId: string, help: { id: string; number: string; keyword: string; at: Date }): Promise<void> {
  await sql`
    with changed as (
      insert into opt_out (org_id, id, number, state, kind, keyword, reason, changed_at)
      values (${orgId}, ${help.id}, ${help.number}, 'opted_in', 'help', ${help.keyword}, 'The person asked for help.', ${help.at})
      on conflict (org_id, number) do update set keyword = excluded.keyword,
        changed_at = case when opt_out.kind = 'help' then excluded.changed_at else opt_out.changed_at end
        where opt_out.changed_at <= excluded.changed_at
      returning id
    )
    insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    select ${orgId}::uuid, ${ORG_LANE}, ${shard(sql`id`)}, 'opt_out', id from changed
    on conflict (org_id, purpose, subject_kind, subject_id) do update
      set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null`.execute(
    tx,
  );
}

export async function findOptOut(db: Db, orgId: string, number: string): Promise<OptOut | undefined> {
  return (await sql<OptOut>`select ${OPT_OUT} from opt_out where org_id = ${orgId} and number = ${number}`.execute(db)).rows[0];
}

export async function findOptOuts(db: Db, orgId: string, ids: string[]): Promise<OptOut[]> {
  if (ids.length === 0) return [];
  return (await sql<OptOut>`select ${OPT_OUT} from opt_out where org_id = ${orgId} and id = any(${ids}::uuid[])`.execute(db)).rows;
}
