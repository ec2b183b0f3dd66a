import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** The refresh protocol of one grant. Every step is one statement, guarded by the token generation; claims end by the database's clock. */
export function createTokenStore(db: Db) {
  return {
    /** Commits "this generation is about to be refreshed by me". False when somebody else does, or it is not the current one any more. */
    async claimRefresh(orgId: string, id: string, generation: number, claim: string, leaseMs: number): Promise<boolean> {
      const result = await sql`update connected_user
        set refresh_intent = token_generation, refresh_claim = ${claim}, refresh_until = now() + ${leaseMs} * interval '1 millisecond'
        where org_id = ${orgId} and id = ${id} and token_generation = ${generation} and refresh_intent is null and not in_doubt
          and refresh_token is not null and not token_dead`.execute(db);
      return result.numAffectedRows === 1n;
    },
    /** A claim that ended with its intent open belongs to a process that died in between: nobody knows whether the token was used. */
    async expireClaims(orgId: string, id: string): Promise<boolean> {
      const result = await sql`update connected_user set in_doubt = true
        where org_id = ${orgId} and id = ${id} and refresh_intent is not null and refresh_until < now() and not in_doubt`.execute(db);
      return result.numAffectedRows === 1n;
    },
    /** Ends the claims of processes that are certainly gone; their tokens are in doubt then, without anybody waiting for it. */
    async endClaims(): Promise<void> {
      await sql`update connected_user set refresh_until = now() where refresh_until > now()`.execute(db);
    },
    /** The reply was lost. */
    async markDoubt(orgId: string, id: string, claim: string): Promise<void> {
      await sql`update connected_user set in_doubt = true, refresh_until = now()
        where org_id = ${orgId} and id = ${id} and refresh_claim = ${claim}`.execute(db);
    },
    /** The request was refused or never sent: the token is what it was. */
    async clearIntent(orgId: string, id: string, claim: string): Promise<void> {
      await sql`update connected_user set refresh_intent = null, refresh_claim = null, refresh_until = null
        where org_id = ${orgId} and id = ${id} and refresh_claim = ${claim}`.execute(db);
    },
    /** Stores what a refresh gave. False when the grant was replaced or removed meanwhile. */
    async storeTokens(
      orgId: string,
      id: string,
      generation: number,
      tokens: { access: string; refresh: string | null; at: Date },
    ): Promise<boolean> {
      const result =
        await sql`update connected_user set access_token = ${tokens.access}, refresh_token = coalesce(${tokens.refresh}, refresh_token),
          token_generation = token_generation + 1, refreshed_at = ${tokens.at}, refresh_intent = null, refresh_claim = null, refresh_until = null,
          in_doubt = false, doubt_tried = false
        where org_id = ${orgId} and id = ${id} and token_generation = ${generation}`.execute(db);
      return result.numAffectedRows === 1n;
    },
    /** The one try of a grant in doubt: committed before it is made, so that a crash cannot make two of it. */
    async claimDoubt(orgId: string, id: string, claim: string, leaseMs: number): Promise<boolean> {
      const result = await sql`update connected_user
        set doubt_tried = true, refresh_intent = token_generation, refresh_claim = ${claim}, refresh_until = now() + ${leaseMs} * interval '1 millisecond'
        where org_id = ${orgId} and id = ${id} and in_doubt and not doubt_tried and (refresh_until is null or refresh_until <= now())`.execute(
        db,
      );
      return result.numAffectedRows === 1n;
    },
    /** The one try was made and did not succeed, or its maker died. */
    async isDoubtLost(orgId: string, id: string): Promise<boolean> {
      const { rows } = await sql`select 1 from connected_user where org_id = ${orgId} and id = ${id} and in_doubt and doubt_tried
        and refresh_until <= now()`.execute(db);
      return rows.length === 1;
    },
    /** The try did not reach Salesforce, or was turned away without a word about the grant: it does not count. */
    async releaseDoubt(orgId: string, id: string, claim: string): Promise<void> {
      await sql`update connected_user set doubt_tried = false, refresh_until = now()
        where org_id = ${orgId} and id = ${id} and refresh_claim = ${claim}`.execute(db);
    },
    /** Seals tokens anew under a newer master key; nothing happens when they changed meanwhile. */
    async reseal(orgId: string, id: string, generation: number, sealed: { access: string; refresh: string }): Promise<void> {
      await sql`update connected_user set access_token = ${sealed.access}, refresh_token = ${sealed.refresh}
        where org_id = ${orgId} and id = ${id} and token_generation = ${generation}`.execute(db);
    },
  };
}

export type TokenStore = ReturnType<typeof createTokenStore>;
