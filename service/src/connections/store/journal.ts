import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { EventEntry, FlowRow } from '../types.ts';

export interface EventRow extends EventEntry {
  id: number;
  at: Date;
}

export interface NoticeRow {
  orgId: string;
  id: string;
  key: string;
  channel: 'mail' | 'salesforce';
  recipients: string[];
  subject: string;
  /** Sealed. */
  body: string | null;
  state: 'waiting' | 'sending' | 'sent' | 'failed';
}

/** The timeline, notices and sign-ins under way. */
export function createJournalStore(db: Db) {
  return {
    async addEvent(tx: Db, orgId: string, at: Date, event: EventEntry): Promise<void> {
      await sql`insert into connection_event (org_id, at, kind, text, cause, cause_text, from_user, to_user, waiting, next_step)
        values (${orgId}, ${at}, ${event.kind}, ${event.text}, ${event.cause ?? null}, ${event.causeText ?? null}, ${event.from ?? null},
          ${event.to ?? null}, ${event.waiting ?? null}, ${event.nextStep ?? null})`.execute(tx);
    },
    /** Newest first; `before` is the id of the last one seen. */
    async events(orgId: string, before: number | null, limit: number): Promise<EventRow[]> {
      const { rows } = await sql<Record<keyof EventRow, unknown>>`
        select id, at, kind, text, cause, cause_text as "causeText", from_user as "from", to_user as "to", waiting, next_step as "nextStep"
        from connection_event where org_id = ${orgId} and (${before}::bigint is null or id < ${before}) order by id desc limit ${limit}`.execute(
        db,
      );
      return rows.map(
        (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== '')) as unknown as EventRow,
      );
    },

    /** False when a notice with this key went this way already. */
    async addNotice(tx: Db, notice: Omit<NoticeRow, 'state'>): Promise<boolean> {
      const result = await sql`insert into connection_notice (org_id, id, key, channel, recipients, subject, body)
        values (${notice.orgId}, ${notice.id}, ${notice.key}, ${notice.channel}, ${notice.recipients}, ${notice.subject}, ${notice.body})
        on conflict (org_id, key, channel) do nothing`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    async notices(orgId: string, ids: readonly string[]): Promise<NoticeRow[]> {
      const { rows } = await sql<NoticeRow>`select org_id as "orgId", id, key, channel, recipients, subject, body, state
        from connection_notice where org_id = ${orgId} and id = any(${[...ids]}::uuid[])`.execute(db);
      return rows;
    },
    async setNotice(on: Db, orgId: string, id: string, state: NoticeRow['state']): Promise<void> {
      await sql`update connection_notice set state = ${state}, body = case when ${state} in ('sent', 'failed') then null else body end
        where org_id = ${orgId} and id = ${id}`.execute(on);
    },

    async addFlow(flow: FlowRow & { stateHash: string; cookieHash: string; expiresAt: Date }): Promise<void> {
      await sql`insert into connect_flow (id, kind, state_hash, cookie_hash, verifier, login, return_url, org_id, connection_id,
          invite_hash, expires_at)
        values (${flow.id}, ${flow.kind}, ${flow.stateHash}, ${flow.cookieHash}, ${flow.verifier}, ${flow.login}, ${flow.returnUrl},
          ${flow.orgId}, ${flow.connectionId}, ${flow.inviteHash}, ${flow.expiresAt})`.execute(db);
    },
    /** Uses a flow up. Nothing is used up unless state and cookie belong together and neither has expired. */
    async useFlow(stateHash: string, cookieHash: string, at: Date): Promise<FlowRow | undefined> {
      const { rows } = await sql<FlowRow>`update connect_flow set used_at = ${at}
        where state_hash = ${stateHash} and cookie_hash = ${cookieHash} and used_at is null and expires_at > ${at}
        returning id, kind, verifier, login, return_url as "returnUrl", org_id as "orgId", connection_id as "connectionId", invite_hash as "inviteHash"`.execute(
        db,
      );
      return rows[0];
    },
    /** After a successful callback the same browser may still ask for the permission set. */
    async setFlowConnection(id: string, orgId: string, connectionId: string): Promise<void> {
      await sql`update connect_flow set org_id = ${orgId}, connection_id = ${connectionId} where id = ${id}`.execute(db);
    },
    async findUsedFlow(id: string, cookieHash: string, after: Date): Promise<FlowRow | undefined> {
      const { rows } = await sql<FlowRow>`select id, kind, verifier, login, return_url as "returnUrl", org_id as "orgId",
        connection_id as "connectionId", invite_hash as "inviteHash" from connect_flow where id = ${id} and cookie_hash = ${cookieHash} and used_at > ${after}`.execute(
        db,
      );
      return rows[0];
    },
    /** Forgets sign-ins that nobody can finish any more (anybody may begin one), and finished ones from before `usedBefore`. */
    async dropFlows(at: Date, usedBefore: Date): Promise<void> {
      await sql`delete from connect_flow where expires_at < ${at} and (used_at is null or used_at < ${usedBefore})`.execute(db);
    },
  };
}

export type JournalStore = ReturnType<typeof createJournalStore>;
