import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { classifyFailure, type Failure, type SalesforceOAuth, type TokenSet } from '../gateways/salesforce/index.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import { SecretBoxError, type SecretBox } from '../platform/crypto.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { Logger } from '../platform/log.ts';
import type { Store } from './store.ts';
import type { UserRow } from './types.ts';

/** A refresh did not give a new token. `inDoubt`: the token may have been used up although no answer came. */
export class RefreshFailedError extends Error {
  readonly failure: Failure;
  readonly inDoubt: boolean;
  constructor(failure: Failure, inDoubt: boolean) {
    super(`refresh failed: ${failure.code}`);
    this.name = 'RefreshFailedError';
    this.failure = failure;
    this.inDoubt = inDoubt;
  }
}

export interface BrokerOptions {
  store: Store;
  oauth: SalesforceOAuth;
  secretBox: SecretBox;
  clock: Clock;
  failPoints: FailPoints;
  logger: Logger;
  /** Longer than the token endpoint's deadline (10 s); a claim that outlives it is in doubt, and others wait for it until then. */
  leaseMs?: number;
}

export type Broker = ReturnType<typeof createBroker>;

const NO_GRANT: Failure = { class: 'user', code: 'no_grant', text: 'This user has not signed in yet.', detail: '', sent: 'no' };
const IN_DOUBT: Failure = {
  class: 'user',
  code: 'refresh_in_doubt',
  text: 'The sign-in of this user could not be renewed with certainty.',
  detail: 'The answer to a token refresh was lost.',
  sent: 'maybe',
};

/** Every user would meet it, and nothing of it is Salesforce's or the user's: the org waits until the key is back. */
const KEY_MISSING: Failure = {
  class: 'app',
  code: 'key_missing',
  text: 'The service cannot open the stored sign-ins: a master key is missing or wrong.',
  detail: '',
  sent: 'no',
  retryAfterMs: 30_000,
};

/**
 * Owns the OAuth tokens. With rotation a replayed refresh token kills its family, so: one refresh in flight for each user over all processes
 * (a claim in the database), the intent committed before the call, the new token stored before it is used, and a lost answer never retried blindly.
 */
export function createBroker({ store, oauth, secretBox, clock, failPoints, logger, leaseMs = 15_000 }: BrokerOptions) {
  const opened = new LRUCache<string, string>({ max: 2_000, ttl: 15 * 60_000 });
  const running = new Map<string, Promise<void>>();
  const context = (id: string, kind: 'access' | 'refresh'): string => `connection:${id}:${kind}`;
  const seal = (id: string, kind: 'access' | 'refresh', plain: string): string => secretBox.seal(plain, context(id, kind));

  /** Opened before a claim is made: a sign-in that cannot be opened was not used, and must not look as if it had been. */
  function open(id: string, kind: 'access' | 'refresh', sealed: string): string {
    try {
      return secretBox.open(sealed, context(id, kind));
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      logger.error({ err: error, connection: id }, 'a stored sign-in cannot be opened: see ENCRYPTION_KEYS');
      throw new RefreshFailedError(KEY_MISSING, false);
    }
  }

  /** Waits out a refresh of another process, or claims it and does it. */
  async function refreshOnce(orgId: string, id: string, seen: number): Promise<void> {
    for (;;) {
      const row = await store.users.find(orgId, id);
      if (!row?.refreshToken || row.tokenDead) throw new RefreshFailedError(NO_GRANT, false);
      if (row.tokenGeneration > seen) return;
      if (row.inDoubt) throw new RefreshFailedError(IN_DOUBT, true);
      const stored = open(id, 'refresh', row.refreshToken);
      const claim = randomUUID();
      if (await store.tokens.claimRefresh(orgId, id, seen, claim, leaseMs)) return carryOut(row, stored, claim);
      if (await store.tokens.expireClaims(orgId, id)) throw new RefreshFailedError(IN_DOUBT, true);
      await sleep(50 + Math.random() * 100);
    }
  }

  async function carryOut(row: UserRow, stored: string, claim: string): Promise<void> {
    await failPoints.hit('broker.before-call');
    let tokens: TokenSet;
    try {
      tokens = await oauth.refresh(row.loginUrl, stored);
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure.sent === 'maybe') {
        await store.tokens.markDoubt(row.orgId, row.id, claim);
        throw new RefreshFailedError(failure, true);
      }
      await store.tokens.clearIntent(row.orgId, row.id, claim);
      throw new RefreshFailedError(failure, false);
    }
    await failPoints.hit('broker.after-call');
    await keep(row, tokens);
    await failPoints.hit('broker.after-store');
  }

  /** The only copy of a rotated token is in our hands: storing it is tried until it succeeds, and nobody sees it before. */
  async function keep(row: UserRow, tokens: TokenSet): Promise<void> {
    const sealed = {
      access: seal(row.id, 'access', tokens.accessToken),
      refresh: tokens.refreshToken === null ? null : seal(row.id, 'refresh', tokens.refreshToken),
      at: clock.now(),
    };
    for (let attempt = 0; ; attempt += 1) {
      try {
        await failPoints.hit('broker.before-store');
        await store.tokens.storeTokens(row.orgId, row.id, row.tokenGeneration, sealed);
        return;
      } catch (error) {
        logger.error({ err: error, connection: row.id, attempt }, 'a renewed token could not be stored yet; trying until it is');
        await sleep(Math.min(5_000, 100 * 2 ** attempt));
      }
    }
  }

  async function tryStored(row: UserRow, stored: string, claim: string): Promise<boolean> {
    await failPoints.hit('broker.before-doubt-call');
    let tokens: TokenSet;
    try {
      tokens = await oauth.refresh(row.loginUrl, stored);
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure.sent === 'maybe') {
        await store.tokens.markDoubt(row.orgId, row.id, claim);
        throw new RefreshFailedError(IN_DOUBT, false);
      }
      if (failure.class === 'user') {
        await store.tokens.markDoubt(row.orgId, row.id, claim);
        throw new RefreshFailedError({ ...failure, code: 'refresh_in_doubt', detail: `${failure.code}: ${failure.detail}` }, false);
      }
      await store.tokens.releaseDoubt(row.orgId, row.id, claim);
      return false;
    }
    await keep(row, tokens);
    return true;
  }

  return {
    /** The current access token of a user. Throws RefreshFailedError when there is none. */
    accessToken(row: UserRow): string {
      if (!row.accessToken) throw new RefreshFailedError(NO_GRANT, false);
      const key = `${row.id}/${row.tokenGeneration}`;
      let token = opened.get(key);
      if (token === undefined) {
        token = open(row.id, 'access', row.accessToken);
        opened.set(key, token);
        if (row.refreshToken && (secretBox.isStale(row.accessToken) || secretBox.isStale(row.refreshToken))) {
          const refresh = open(row.id, 'refresh', row.refreshToken);
          store.tokens
            .reseal(row.orgId, row.id, row.tokenGeneration, {
              access: seal(row.id, 'access', token),
              refresh: seal(row.id, 'refresh', refresh),
            })
            .catch((error: unknown) =>
              logger.warn({ err: error }, 'a token could not be sealed under the newest key; the next use tries again'),
            );
        }
      }
      return token;
    },

    /**
     * Renews a user's token, unless its generation has moved past `seen` already. Any number of callers share one refresh.
     * Throws RefreshFailedError.
     */
    async refresh(orgId: string, id: string, seen: number): Promise<void> {
      const key = `${id}/${seen}`;
      let work = running.get(key);
      if (!work) {
        work = refreshOnce(orgId, id, seen).finally(() => running.delete(key));
        running.set(key, work);
      }
      await work;
    },

    /**
     * Tries the stored token of a user in doubt, once in its life; waits while another caller does. True: it worked and the user is sound again.
     * False: it could not be tried now, so it may be tried again. Throws RefreshFailedError when the grant is lost.
     */
    async settleDoubt(orgId: string, id: string): Promise<boolean> {
      for (;;) {
        const row = await store.users.find(orgId, id);
        if (!row?.refreshToken) throw new RefreshFailedError(NO_GRANT, false);
        if (!row.inDoubt) return true;
        let stored: string;
        try {
          stored = open(id, 'refresh', row.refreshToken);
        } catch (error) {
          if (error instanceof RefreshFailedError) return false;
          throw error;
        }
        const claim = randomUUID();
        if (await store.tokens.claimDoubt(orgId, id, claim, leaseMs)) return tryStored(row, stored, claim);
        if (await store.tokens.isDoubtLost(orgId, id)) throw new RefreshFailedError(IN_DOUBT, false);
        await sleep(50 + Math.random() * 100);
      }
    },

    /** Seals the tokens of a finished sign-in for `users.setGrant`. */
    sealGrant: (id: string, tokens: { accessToken: string; refreshToken: string }) => ({
      accessToken: seal(id, 'access', tokens.accessToken),
      refreshToken: seal(id, 'refresh', tokens.refreshToken),
    }),

    /** Gives a stored grant back to Salesforce. False when Salesforce could not be asked; a dead grant counts as given back. */
    async revoke(row: UserRow): Promise<boolean> {
      if (!row.refreshToken || row.tokenDead) return true;
      try {
        await oauth.revoke(row.loginUrl, open(row.id, 'refresh', row.refreshToken));
        return true;
      } catch (error) {
        logger.warn({ err: error, connection: row.id }, 'a grant could not be revoked');
        return false;
      }
    },
  };
}
