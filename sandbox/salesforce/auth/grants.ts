import type { Org } from '../org.ts';
import type { OAuthApp } from './apps.ts';
import { TokenError } from './errors.ts';
import { grantStatements } from './grant-sql.ts';
import { matchesChallenge, randomText, sha256 } from './secrets.ts';

export const CODE_LIFE_MS = 10 * 60_000;
export const REFRESH_IDLE_MS = 30 * 86_400_000;
export const SESSION_IDLE_MS = 2 * 3_600_000;
export const GRANTS_PER_USER_AND_APP = 5;

export type RevokeReason = 'revoked' | 'reused' | 'cap' | 'idle' | 'password';

export interface IssuedTokens {
  readonly userId: string;
  readonly scopes: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
}

/** A live access token. */
export interface AccessInfo {
  readonly id: number;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface CodeOrder {
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly scopes: string;
  readonly challenge: string | undefined;
}

/** Refuses a user by throwing a {@link TokenError}. */
export type Admit = (userId: string) => void;

/** Codes, grants with rotating refresh tokens, and access tokens (sessions) of one org. All times are the org's clock, in ms. */
export interface Grants {
  createCode(order: CodeOrder): string;
  /** Spends a code. `admit` may refuse the user before anything is spent. Throws {@link TokenError}. */
  redeemCode(app: OAuthApp, code: string, redirectUri: string | undefined, verifier: string | undefined, admit: Admit): IssuedTokens;
  /** User of a refresh token or code that was ever given out, used or not; for counting calls and matching faults. */
  ownerOf(tokenOrCode: string): string | undefined;
  /** Uses a refresh token. A replayed one ends its whole family. `admit` may refuse the user; the token then stays usable. Throws {@link TokenError}. */
  refresh(app: OAuthApp, token: string, admit: Admit): IssuedTokens;
  /** An access token without a grant, as a session id has it. */
  issueSession(userId: string, scopes?: string): string;
  /** The session behind an access token; `touch` slides its two hours. */
  access(token: string, touch: boolean): AccessInfo | undefined;
  /** A live refresh token, for introspection. */
  inspectRefresh(token: string): { userId: string; clientId: string; scopes: string; expiresAt: number } | undefined;
  hasGrant(userId: string, clientId: string): boolean;
  /** Ends one token as the revoke endpoint does: a refresh token with its family, an access token alone. */
  revokeToken(token: string): boolean;
  /** Ends all grants and sessions of a user. */
  revokeUser(userId: string, reason: RevokeReason): void;
  /** Ends the sessions of a user; grants stay. */
  expireSessions(userId: string): void;
  /** Forgets everything. */
  clear(): void;
}

interface GrantRow {
  id: number;
  client_id: string;
  user_id: string;
  scopes: string;
  used_at: number;
  ended: RevokeReason | null;
}

/** Opens the token tables in the org's database. */
export function openGrants(org: Org): Grants {
  const { db, clock } = org;
  const now = (): number => clock.now().getTime();
  const sql = grantStatements(db);

  function endGrant(id: number, reason: RevokeReason): void {
    sql.endGrant.run(reason, id);
    sql.dropGrantAccess.run(id);
  }

  function addAccess(userId: string, scopes: string, grantId: number | null): string {
    const token = `${org.orgId.slice(0, 15)}!AQ${randomText(60)}`;
    sql.dropIdle.run(now() - SESSION_IDLE_MS);
    sql.addAccess.run(sha256(token), grantId, userId, scopes, now(), now());
    return token;
  }

  function addRefresh(grantId: number): string {
    const token = `5Aep8${randomText(60)}`;
    sql.addRefresh.run(sha256(token), grantId);
    return token;
  }

  function grantOf(token: string): (GrantRow & { replaced: number }) | undefined {
    return sql.grantOfRefresh.get(sha256(token)) as (GrantRow & { replaced: number }) | undefined;
  }

  return {
    createCode(order) {
      const code = `aPrx${randomText(40)}`;
      sql.dropCodes.run(now() - 86_400_000);
      sql.addCode.run(sha256(code), order.clientId, order.userId, order.redirectUri, order.scopes, order.challenge ?? null, now());
      return code;
    },

    redeemCode(app, code, redirectUri, verifier, admit) {
      return org.tx(() => {
        const hash = sha256(code);
        const row = sql.code.get(hash) as
          | {
              client_id: string;
              user_id: string;
              redirect_uri: string;
              scopes: string;
              challenge: string | null;
              created_at: number;
              used: number;
            }
          | undefined;
        if (!row || row.client_id !== app.clientId) throw new TokenError('invalidCode');
        if (row.used || now() - row.created_at > CODE_LIFE_MS) throw new TokenError('expiredCode');
        if (redirectUri !== row.redirect_uri) throw new TokenError('redirectMismatch');
        if (row.challenge !== null) {
          if (!verifier) throw new TokenError('missingVerifier');
          if (!matchesChallenge(verifier, row.challenge)) throw new TokenError('invalidVerifier');
        }
        admit(row.user_id);
        sql.spendCode.run(hash);
        const grantId = Number(sql.addGrant.run(app.clientId, row.user_id, row.scopes, now(), now()).lastInsertRowid);
        const live = sql.liveGrants.all(row.user_id, app.clientId) as { id: number }[];
        for (const surplus of live.slice(GRANTS_PER_USER_AND_APP)) endGrant(surplus.id, 'cap');
        const refreshable = row.scopes.split(' ').some((scope) => scope === 'refresh_token' || scope === 'offline_access');
        return {
          userId: row.user_id,
          scopes: row.scopes,
          accessToken: addAccess(row.user_id, row.scopes, grantId),
          refreshToken: refreshable ? addRefresh(grantId) : undefined,
          issuedAt: now(),
        };
      });
    },

    ownerOf(text) {
      return grantOf(text)?.user_id ?? (sql.code.get(sha256(text))?.['user_id'] as string | undefined);
    },

    refresh(app, token, admit) {
      const refused = { kind: undefined as 'expiredToken' | 'authenticationFailure' | undefined };
      // The refusal is thrown after the transaction, because ending a family must outlive the refusal.
      const issued = org.tx((): IssuedTokens | undefined => {
        const grant = grantOf(token);
        if (!grant || grant.client_id !== app.clientId) refused.kind = 'expiredToken';
        else if (grant.ended) refused.kind = grant.ended === 'password' ? 'authenticationFailure' : 'expiredToken';
        else if (grant.replaced) {
          endGrant(grant.id, 'reused');
          refused.kind = 'expiredToken';
        } else if (now() - grant.used_at > REFRESH_IDLE_MS) {
          endGrant(grant.id, 'idle');
          refused.kind = 'expiredToken';
        } else {
          admit(grant.user_id);
          sql.useGrant.run(now(), grant.id);
          if (app.rotation) sql.replaceRefresh.run(sha256(token));
          return {
            userId: grant.user_id,
            scopes: grant.scopes,
            accessToken: addAccess(grant.user_id, grant.scopes, grant.id),
            refreshToken: app.rotation ? addRefresh(grant.id) : undefined,
            issuedAt: now(),
          };
        }
        return undefined;
      });
      if (!issued) throw new TokenError(refused.kind ?? 'expiredToken');
      return issued;
    },

    issueSession: (userId, scopes = 'api web id') => addAccess(userId, scopes, null),

    access(token, touch) {
      const row = sql.access.get(sha256(token)) as
        { id: number; user_id: string; client_id: string | null; scopes: string; created_at: number; used_at: number } | undefined;
      if (!row || now() - row.used_at > SESSION_IDLE_MS) return undefined;
      // A write for every call would be waste: within a minute the sliding end hardly moves.
      if (touch && now() - row.used_at > 60_000) sql.touch.run(now(), row.id);
      const { id, user_id: userId, client_id: clientId, scopes, created_at: createdAt } = row;
      return { id, userId, clientId: clientId ?? '', scopes, createdAt, expiresAt: row.used_at + SESSION_IDLE_MS };
    },

    inspectRefresh(token) {
      const grant = grantOf(token);
      if (!grant || grant.ended || grant.replaced || now() - grant.used_at > REFRESH_IDLE_MS) return undefined;
      return { userId: grant.user_id, clientId: grant.client_id, scopes: grant.scopes, expiresAt: grant.used_at + REFRESH_IDLE_MS };
    },

    hasGrant: (userId, clientId) => sql.liveGrants.get(userId, clientId) !== undefined,

    revokeToken(token) {
      const grant = grantOf(token);
      if (grant) {
        endGrant(grant.id, 'revoked');
        return grant.ended === null;
      }
      const access = sql.access.get(sha256(token));
      if (!access) return false;
      sql.dropAccess.run(Number(access['id']));
      return true;
    },

    revokeUser(userId, reason) {
      sql.endUser.run(reason, userId);
      sql.dropUserAccess.run(userId);
    },

    expireSessions: (userId) => void sql.dropUserAccess.run(userId),

    clear() {
      db.exec('DELETE FROM auth_code; DELETE FROM auth_grant; DELETE FROM auth_refresh; DELETE FROM auth_access');
    },
  };
}
