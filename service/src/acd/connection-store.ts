import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';

/** Who connected look-ups to an org. */
export interface AcdConnection {
  /** The holder's id in the org (18 characters); empty where look-ups were in use before there were holders. */
  userId: string;
  username: string;
  /** Connecting put this user among the connected users. */
  added: boolean;
  isOn: boolean;
  /** When it was switched on, or off. */
  since: Date;
  offBy: string | null;
}

const COLUMNS = sql`user_id as "userId", username, added, is_on as "isOn", since, off_by as "offBy"`;

export async function findAcdConnection(db: Db, orgId: string): Promise<AcdConnection | undefined> {
  return (await sql<AcdConnection>`select ${COLUMNS} from acd_connection where org_id = ${orgId}`.execute(db)).rows[0];
}

/** Switches look-ups on with this holder. False: somebody else holds the connection. The same user's refresh leaves the time as it was. */
export async function holdAcdConnection(
  tx: Db,
  orgId: string,
  holder: Pick<AcdConnection, 'userId' | 'username' | 'added'>,
): Promise<boolean> {
  const { rows } = await sql`
    insert into acd_connection as kept (org_id, user_id, username, added) values (${orgId}, ${holder.userId}, ${holder.username}, ${holder.added})
    on conflict (org_id) do update set user_id = excluded.user_id, username = excluded.username, is_on = true, off_by = null,
      added = excluded.added or (kept.added and kept.user_id = excluded.user_id),
      since = case when kept.is_on and kept.user_id = excluded.user_id then kept.since else now() end
      where not kept.is_on or kept.user_id in ('', excluded.user_id)
    returning org_id`.execute(tx);
  return rows.length > 0;
}

/** Switches look-ups off. Answers the connection as it was; undefined when it was off already. */
export async function endAcdConnection(tx: Db, orgId: string, by: string): Promise<AcdConnection | undefined> {
  const { rows } = await sql<AcdConnection>`select ${COLUMNS} from acd_connection where org_id = ${orgId} and is_on for update`.execute(tx);
  if (!rows[0]) return undefined;
  await sql`update acd_connection set is_on = false, off_by = ${by}, since = now() where org_id = ${orgId}`.execute(tx);
  return rows[0];
}

/** Orgs whose look-ups are on, with their holders. */
export async function listAcdConnections(db: Db): Promise<{ orgId: string; userId: string }[]> {
  const { rows } = await sql<{ orgId: string; userId: string }>`
    select org_id as "orgId", user_id as "userId" from acd_connection where is_on and user_id <> ''`.execute(db);
  return rows;
}
