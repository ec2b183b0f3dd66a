import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { LinkRow } from '../types.ts';

const LINK = sql`org_id as "orgId", main_id as "mainId", main_epoch as "mainEpoch", main_since as "mainSince", hold_code as "holdCode",
  hold_text as "holdText", hold_detail as "holdDetail", hold_since as "holdSince", hold_until as "holdUntil", hold_attempts as "holdAttempts",
  api_used as "apiUsed", api_max as "apiMax", api_at as "apiAt", event_used as "eventUsed", event_max as "eventMax", event_at as "eventAt"`;

export interface Hold {
  code: string;
  text: string;
  detail: string;
  at: Date;
  /** Null: until somebody releases it. */
  until: Date | null;
}

/** Who is main, and the hold of an org. */
export function createLinkStore(db: Db) {
  return {
    async find(orgId: string): Promise<LinkRow | undefined> {
      return (await sql<LinkRow>`select ${LINK} from org_link where org_id = ${orgId}`.execute(db)).rows[0];
    },
    /** Takes the row's lock for the transaction: whoever changes the list of users does it one after the other. Makes the row if it is not there. */
    async lock(tx: Db, orgId: string): Promise<LinkRow> {
      await sql`insert into org_link (org_id) values (${orgId}) on conflict do nothing`.execute(tx);
      return (await sql<LinkRow>`select ${LINK} from org_link where org_id = ${orgId} for update`.execute(tx)).rows[0] as LinkRow;
    },
    /**
     * The switch: the next usable standby (complete rights first, then the order) becomes main, only if nobody has switched since `epoch`.
     * Undefined: somebody has. `mainId` null: there is no standby.
     */
    async switchMain(tx: Db, orgId: string, epoch: number, at: Date): Promise<{ mainId: string | null } | undefined> {
      const { rows } = await sql<{ mainId: string | null }>`
        update org_link set main_epoch = main_epoch + 1, main_since = ${at}, main_id = (
          select id from connected_user u where u.org_id = org_link.org_id and u.status = 'connected' and u.id is distinct from org_link.main_id
            and not u.in_doubt and (u.cool_until is null or u.cool_until <= ${at})
          order by cardinality(u.missing) > 0, u.position limit 1)
        where org_id = ${orgId} and main_epoch = ${epoch} returning main_id as "mainId"`.execute(tx);
      return rows[0];
    },
    /** Makes a certain user main, only if nobody has switched since `epoch`. */
    async setMain(tx: Db, orgId: string, epoch: number, id: string | null, at: Date): Promise<boolean> {
      const result = await sql`update org_link set main_id = ${id}, main_epoch = main_epoch + 1, main_since = ${at}
        where org_id = ${orgId} and main_epoch = ${epoch}`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    /** Makes a user main if there is none and the user is one that `switchMain` could have chosen. */
    async setMainIfNone(tx: Db, orgId: string, id: string, at: Date): Promise<boolean> {
      const result = await sql`update org_link set main_id = ${id}, main_epoch = main_epoch + 1, main_since = ${at}
        where org_id = ${orgId} and main_id is null and exists (select 1 from connected_user u
          where u.org_id = org_link.org_id and u.id = ${id} and u.status = 'connected' and not u.in_doubt)`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    /** Connected users that could take over, besides the main one. */
    async countSpares(tx: Db, orgId: string, at: Date): Promise<number> {
      const { rows } = await sql<{ n: number }>`select count(*) as n from connected_user u join org_link l on l.org_id = u.org_id
        where u.org_id = ${orgId} and u.status = 'connected' and u.id is distinct from l.main_id and not u.in_doubt
          and (u.cool_until is null or u.cool_until <= ${at})`.execute(tx);
      return rows[0]?.n ?? 0;
    },
    /**
     * Puts the org on hold. Answers whether it was free before; undefined when a hold stands already, unless that ends at `trial`: then it is
     * the caller's own trial that failed.
     */
    async hold(tx: Db, orgId: string, hold: Hold, trial: Date | null = null): Promise<{ fresh: boolean } | undefined> {
      const { rows } = await sql<{ attempts: number }>`
        update org_link set hold_code = ${hold.code}, hold_text = ${hold.text}, hold_detail = ${hold.detail},
          hold_since = coalesce(hold_since, ${hold.at}), hold_until = ${hold.until}, hold_attempts = hold_attempts + 1
        where org_id = ${orgId} and (hold_code is null or hold_until <= ${hold.at} or hold_until = ${trial})
        returning hold_attempts as attempts`.execute(tx);
      return rows[0] && { fresh: rows[0].attempts === 1 };
    },
    /**
     * Takes the turn to try an org whose hold has run out: until then it stays on hold for everybody else, in every process. False when
     * somebody else tries it.
     */
    async claimTrial(orgId: string, at: Date, until: Date): Promise<boolean> {
      const result = await sql`update org_link set hold_until = ${until}
        where org_id = ${orgId} and hold_code is not null and (hold_until is null or hold_until <= ${at})`.execute(db);
      return result.numAffectedRows === 1n;
    },
    /** Gives the turn back that ends at `until`, where the trial neither lifted the hold nor made it longer. */
    async endTrial(orgId: string, until: Date, at: Date): Promise<void> {
      await sql`update org_link set hold_until = ${at} where org_id = ${orgId} and hold_until = ${until}`.execute(db);
    },
    /** Lifts the hold; true only for the one that did. */
    async release(tx: Db, orgId: string): Promise<boolean> {
      const result =
        await sql`update org_link set hold_code = null, hold_text = null, hold_detail = null, hold_since = null, hold_until = null,
        hold_attempts = 0 where org_id = ${orgId} and hold_code is not null`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    /** Takes the turn to compare the users' rights; false when that was done less than `everyMs` ago, by whichever process. */
    async claimRightsProbe(orgId: string, at: Date, everyMs: number): Promise<boolean> {
      const result = await sql`update org_link set rights_probed_at = ${at}
        where org_id = ${orgId} and (rights_probed_at is null or rights_probed_at <= ${new Date(at.getTime() - everyMs)})`.execute(db);
      return result.numAffectedRows === 1n;
    },
    /** Notes which missing rights the timeline tells of (null: none are missing); true when that is news. */
    async setRightsTold(tx: Db, orgId: string, told: string | null): Promise<boolean> {
      const result = await sql`update org_link set rights_told = ${told}
        where org_id = ${orgId} and rights_told is distinct from ${told}`.execute(tx);
      return result.numAffectedRows === 1n;
    },
    async setApiUsage(orgId: string, used: number, max: number, at: Date): Promise<void> {
      await sql`update org_link set api_used = ${used}, api_max = ${max}, api_at = ${at} where org_id = ${orgId}`.execute(db);
    },
    async setEventUsage(orgId: string, used: number, max: number, at: Date): Promise<void> {
      await sql`update org_link set event_used = ${used}, event_max = ${max}, event_at = ${at} where org_id = ${orgId}`.execute(db);
    },
    /** Orgs whose hold has run out but that nobody has called since. */
    async expiredHolds(at: Date, limit: number): Promise<LinkRow[]> {
      return (
        await sql<LinkRow>`select ${LINK} from org_link where hold_until <= ${at} and main_id is not null order by hold_until limit ${limit}`.execute(
          db,
        )
      ).rows;
    },
  };
}

export type LinkStore = ReturnType<typeof createLinkStore>;
