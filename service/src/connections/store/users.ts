import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { MAIL_CAUSE, REMOVED, type ConnectionStatus, type UserRow } from '../types.ts';

const USER = sql`org_id as "orgId", id, user_id as "userId", username, name, email, status, position, cause, cause_text as "causeText",
  next_step as "nextStep", since, last_ok_at as "lastOkAt", invited_at as "invitedAt", invite_expires_at as "inviteExpiresAt",
  permission_set_assigned as "permissionSetAssigned", missing, rights_version as "rightsVersion", login_url as "loginUrl", access_token as "accessToken",
  refresh_token as "refreshToken", token_generation as "tokenGeneration", refreshed_at as "refreshedAt", refresh_intent as "refreshIntent",
  in_doubt as "inDoubt", doubt_tried as "doubtTried", token_dead as "tokenDead", cool_until as "coolUntil", probe_failures as "probeFailures"`;

/** Whether the cause is one that a new invitation ends: the one before could not be mailed, or an administrator was removing the user. */
const ENDED_BY_INVITE = sql`(starts_with(coalesce(cause, ''), ${MAIL_CAUSE}) or coalesce(cause, '') = ${REMOVED})`;

export interface NewUser {
  orgId: string;
  id: string;
  userId: string;
  username: string;
  name: string;
  email: string;
}

export interface Invite {
  hash: string;
  invitedAt: Date;
  expiresAt: Date;
}

export interface Down {
  cause: string;
  causeText: string;
  nextStep: string;
  at: Date;
  dead: boolean;
  coolUntil: Date | null;
  probeAt: Date;
}

/** Rows of connected users. Functions that take `tx` belong to the caller's transaction. */
export function createUserStore(db: Db) {
  return {
    async list(orgId: string, on: Db = db): Promise<UserRow[]> {
      return (await sql<UserRow>`select ${USER} from connected_user where org_id = ${orgId} order by position, since`.execute(on)).rows;
    },
    async find(orgId: string, id: string, on: Db = db): Promise<UserRow | undefined> {
      return (await sql<UserRow>`select ${USER} from connected_user where org_id = ${orgId} and id = ${id}`.execute(on)).rows[0];
    },
    /** The row as it stands, kept from changing until the transaction ends. */
    async lock(tx: Db, orgId: string, id: string): Promise<UserRow | undefined> {
      return (await sql<UserRow>`select ${USER} from connected_user where org_id = ${orgId} and id = ${id} for update`.execute(tx)).rows[0];
    },
    async findByInvite(hash: string): Promise<UserRow | undefined> {
      return (await sql<UserRow>`select ${USER} from connected_user where invite_hash = ${hash}`.execute(db)).rows[0];
    },
    /** Adds a user at the end of the order. Call it under the lock of the org's link. */
    async add(tx: Db, user: NewUser, status: ConnectionStatus, at: Date): Promise<void> {
      await sql`insert into connected_user (org_id, id, user_id, username, name, email, status, position, since)
        values (${user.orgId}, ${user.id}, ${user.userId}, ${user.username}, ${user.name}, ${user.email}, ${status},
          (select coalesce(max(position), 0) + 1 from connected_user where org_id = ${user.orgId}), ${at})`.execute(tx);
    },
    /** A new single-use link. A user who is connected stays connected until the link was used. */
    async setInvite(tx: Db, orgId: string, id: string, invite: Invite): Promise<void> {
      await sql`update connected_user set invite_hash = ${invite.hash}, invited_at = ${invite.invitedAt}, invite_expires_at = ${invite.expiresAt},
          status = case when status = 'connected' then status else 'requested' end,
          cause = case when ${ENDED_BY_INVITE} then null else cause end, cause_text = case when ${ENDED_BY_INVITE} then null else cause_text end,
          next_step = case when ${ENDED_BY_INVITE} then null else next_step end,
          since = case when status = 'disconnected' then ${invite.invitedAt} else since end
        where org_id = ${orgId} and id = ${id}`.execute(tx);
    },
    /**
     * The mail with this link (told by how its hash begins) will never arrive: said beside a user who waits for it; one who is connected stays as it
     * is. Answers the user, undefined when the link is not the newest one any more.
     */
    async setInviteLost(
      tx: Db,
      orgId: string,
      hashStart: string,
      why: Pick<Down, 'cause' | 'causeText' | 'nextStep'>,
    ): Promise<{ username: string } | undefined> {
      const { rows } = await sql<{ username: string }>`update connected_user set
          cause = case when status = 'requested' then ${why.cause} else cause end,
          cause_text = case when status = 'requested' then ${why.causeText} else cause_text end,
          next_step = case when status = 'requested' then ${why.nextStep} else next_step end
        where org_id = ${orgId} and starts_with(invite_hash, ${hashStart}) returning username`.execute(tx);
      return rows[0];
    },
    /** Stores the grant of a finished sign-in and consumes the invitation; false when the invitation is not the given one any more. */
    async setGrant(
      tx: Db,
      orgId: string,
      id: string,
      grant: {
        accessToken: string;
        refreshToken: string;
        loginUrl: string;
        at: Date;
        inviteHash: string | null;
        name: string;
        email: string;
        username: string;
      },
    ): Promise<boolean> {
      const guard = grant.inviteHash === null ? sql`true` : sql`invite_hash = ${grant.inviteHash}`;
      const result = await sql`update connected_user set access_token = ${grant.accessToken}, refresh_token = ${grant.refreshToken},
          token_generation = token_generation + 1, refreshed_at = ${grant.at}, refresh_intent = null, refresh_claim = null, refresh_until = null,
          in_doubt = false, doubt_tried = false, token_dead = false, cool_until = null, probe_failures = 0, login_url = ${grant.loginUrl},
          since = case when status = 'connected' then since else ${grant.at} end, status = 'connected', cause = null, cause_text = null,
          next_step = null, last_ok_at = ${grant.at}, invite_hash = null, invite_expires_at = null, username = ${grant.username},
          name = ${grant.name}, email = ${grant.email}
        where org_id = ${orgId} and id = ${id} and ${guard}`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    async setRights(orgId: string, id: string, rights: { missing: string[]; assigned: boolean | null }): Promise<void> {
      await sql`update connected_user set missing = ${rights.missing}, permission_set_assigned = ${rights.assigned},
          rights_version = rights_version + 1
        where org_id = ${orgId} and id = ${id}`.execute(db);
    },
    /** Notes a good call, at most every half minute. */
    async touch(orgId: string, id: string, at: Date): Promise<void> {
      await sql`update connected_user set last_ok_at = ${at} where org_id = ${orgId} and id = ${id}
        and (last_ok_at is null or last_ok_at < ${new Date(at.getTime() - 30_000)})`.execute(db);
    },
    /** Marks a user as down; true only for the first of several that notice it, and never for what an older grant met (`generation`). */
    async setDown(tx: Db, orgId: string, id: string, generation: number, down: Down): Promise<boolean> {
      const result = await sql`update connected_user set status = 'disconnected', cause = ${down.cause}, cause_text = ${down.causeText},
          next_step = ${down.nextStep}, since = ${down.at}, token_dead = token_dead or ${down.dead}, cool_until = ${down.coolUntil},
          probe_at = ${down.probeAt}, probe_failures = 0
        where org_id = ${orgId} and id = ${id} and token_generation = ${generation} and status = 'connected'`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    /**
     * Marks a user as being removed, whatever it was before, and withdraws its invitation: from here on only a new sign-in or a new invitation makes
     * it a candidate again. The grant stays until it is given back.
     */
    async setLeaving(tx: Db, orgId: string, id: string, why: Pick<Down, 'causeText' | 'nextStep' | 'at'>): Promise<void> {
      await sql`update connected_user set status = 'disconnected', cause = ${REMOVED}, cause_text = ${why.causeText},
          next_step = ${why.nextStep}, since = ${why.at}, invite_hash = null, invite_expires_at = null
        where org_id = ${orgId} and id = ${id}`.execute(tx);
    },
    /** Brings back a user who reaches the org again, also one that has a new invitation meanwhile, but none that is being removed; true only once. */
    async setUp(tx: Db, orgId: string, id: string, at: Date): Promise<boolean> {
      const result =
        await sql`update connected_user set status = 'connected', cause = null, cause_text = null, next_step = null, since = ${at},
          last_ok_at = ${at}, cool_until = null, probe_failures = 0
        where org_id = ${orgId} and id = ${id} and status <> 'connected' and refresh_token is not null and not token_dead
          and cause is distinct from ${REMOVED}`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    async setOrder(tx: Db, orgId: string, ids: readonly string[]): Promise<void> {
      for (const [index, id] of ids.entries()) {
        await sql`update connected_user set position = ${index + 1} where org_id = ${orgId} and id = ${id}`.execute(tx);
      }
    },
    async remove(tx: Db, orgId: string, id: string): Promise<void> {
      await sql`delete from connected_user where org_id = ${orgId} and id = ${id}`.execute(tx);
    },
    /** Takes users whose probe is due, so that no other process probes them now; they come again after `againMs` if nothing else is set. */
    async claimProbes(at: Date, againMs: number, limit: number): Promise<UserRow[]> {
      const { rows } = await sql<{ orgId: string; id: string }>`
        update connected_user set probe_at = ${new Date(at.getTime() + againMs)}
        where (org_id, id) in (
          select org_id, id from connected_user
          where refresh_token is not null and not token_dead and cause is distinct from ${REMOVED} and probe_at <= ${at}
            and (cool_until is null or cool_until <= ${at})
          order by probe_at limit ${limit} for update skip locked)
        returning org_id as "orgId", id`.execute(db);
      const found = await Promise.all(rows.map((row) => this.find(row.orgId, row.id)));
      return found.filter((row) => row !== undefined);
    },
    async setProbe(orgId: string, id: string, probeAt: Date, failures: number): Promise<void> {
      await sql`update connected_user set probe_at = ${probeAt}, probe_failures = ${failures} where org_id = ${orgId} and id = ${id}`.execute(
        db,
      );
    },
  };
}

export type UserStore = ReturnType<typeof createUserStore>;
