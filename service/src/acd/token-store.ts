import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';

/** What tokens of a phone system are signed with. */
export interface TokenSecret {
  /** Named in the token's header. */
  id: string;
  orgId: string;
  salesforceOrgId: string;
  /** Our id of the phone system, and its own. */
  pbx: string;
  pbxId: string;
  sealed: string;
  endsAt: Date | null;
}

const SECRET = sql`s.id, s.org_id as "orgId", o.salesforce_id as "salesforceOrgId", s.pbx, p.pbx_id as "pbxId", s.sealed, s.ends_at as "endsAt"`;
const FROM = sql`acd_token_secret s join acd_pbx p on p.org_id = s.org_id and p.id = s.pbx join org o on o.id = s.org_id`;

export async function findTokenSecret(db: Db, id: string): Promise<TokenSecret | undefined> {
  return (await sql<TokenSecret>`select ${SECRET} from ${FROM} where s.id = ${id}`.execute(db)).rows[0];
}

export async function newestTokenSecret(db: Db, orgId: string, pbx: string): Promise<TokenSecret | undefined> {
  const { rows } = await sql<TokenSecret>`select ${SECRET} from ${FROM}
    where s.org_id = ${orgId} and s.pbx = ${pbx} and s.ends_at is null order by s.created_at desc limit 1`.execute(db);
  return rows[0];
}

export async function addTokenSecret(tx: Db, secret: { id: string; orgId: string; pbx: string; sealed: string }): Promise<TokenSecret> {
  await sql`insert into acd_token_secret (org_id, id, pbx, sealed) values (${secret.orgId}, ${secret.id}, ${secret.pbx}, ${secret.sealed})`.execute(
    tx,
  );
  return (await findTokenSecret(tx, secret.id)) as TokenSecret;
}

export async function endTokenSecrets(tx: Db, orgId: string, pbx: string, at: Date): Promise<void> {
  await sql`update acd_token_secret set ends_at = ${at} where org_id = ${orgId} and pbx = ${pbx} and ends_at is null`.execute(tx);
}

export async function removeTokenSecrets(db: Db, orgId: string, pbx: string): Promise<void> {
  await sql`delete from acd_token_secret where org_id = ${orgId} and pbx = ${pbx}`.execute(db);
}

/** Who makes secrets of a phone system waits for the others. */
export async function lockPbx(tx: Db, orgId: string, pbx: string): Promise<void> {
  await sql`select 1 from acd_pbx where org_id = ${orgId} and id = ${pbx} for update`.execute(tx);
}
