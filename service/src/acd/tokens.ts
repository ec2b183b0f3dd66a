import { randomBytes, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { sleep, type Clock } from '../platform/clock.ts';
import type { SecretBox } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import { KEY_OVERLAP_MS, type TokenBearer } from '../tenancy/index.ts';
import {
  addTokenSecret,
  endTokenSecrets,
  findTokenSecret,
  lockPbx,
  newestTokenSecret,
  removeTokenSecrets,
  type TokenSecret,
} from './token-store.ts';

/** As the tokens of the Mirage API: HS256, with the PBX id as audience. */
const ISSUER = 'switchboard';
const ALGORITHM = 'HS256';
/** A secret that was replaced is noticed by every process after this; while the database is away the last ones count. */
const KNOWN_MS = 5_000;
const REMEMBERED_MS = 3600_000;
/** A database that does not answer is as good as away to somebody on the phone. */
const PATIENCE_MS = 500;
const DAY_MS = 24 * 3600_000;

export interface TokensOptions {
  db: Db;
  clock: Clock;
  secrets: SecretBox;
}

export type Tokens = ReturnType<typeof createTokens>;

/** Tokens of phone systems that can send no key: signed, for one phone system, and over at a known time. */
export function createTokens({ db, clock, secrets }: TokensOptions) {
  const known = new LRUCache<string, { secret: TokenSecret | false; until: number }>({ max: 10_000, ttl: REMEMBERED_MS });
  let eras = 0;
  const context = (id: string) => `acd token ${id}`;

  /** What the database says of a secret, five seconds old at most, and as it was last known when it says nothing. */
  async function find(id: string): Promise<TokenSecret | undefined> {
    const last = known.get(id);
    if (last && last.until > performance.now()) return last.secret || undefined;
    const era = eras;
    const asked = findTokenSecret(db, id).then((found) => {
      const secret = found ?? false;
      // What was ended meanwhile stays ended.
      if (era === eras) known.set(id, { secret, until: performance.now() + KNOWN_MS });
      return secret;
    });
    if (!last) return (await asked) || undefined;
    const over = new AbortController();
    const late = sleep(PATIENCE_MS, over.signal).then(() => last.secret);
    return (await Promise.race([asked.catch(() => last.secret), late]).finally(() => over.abort())) || undefined;
  }

  return {
    /** A token of a phone system for this many days. The secret it is signed with is made with the first one. */
    async issue(orgId: string, pbx: { id: string; pbxId: string }, days: number): Promise<{ token: string; expiresAt: Date }> {
      const secret = (await newestTokenSecret(db, orgId, pbx.id)) ?? (await this.makeSecret(orgId, pbx.id, { replace: false }));
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      const expiresAt = new Date(issuedAt * 1000 + days * DAY_MS);
      const token = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: secret.id })
        .setIssuer(ISSUER)
        .setAudience(pbx.pbxId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(Buffer.from(secrets.open(secret.sealed, context(secret.id)), 'base64url'));
      return { token, expiresAt };
    },

    /** A new secret. `replace`: the tokens of the ones before end a day later; else the newest one that somebody else has just made will do. */
    async makeSecret(orgId: string, pbx: string, { replace }: { replace: boolean }): Promise<TokenSecret> {
      const id = randomUUID();
      const sealed = secrets.seal(randomBytes(32).toString('base64url'), context(id));
      return db.transaction().execute(async (tx) => {
        await lockPbx(tx, orgId, pbx);
        const made = replace ? undefined : await newestTokenSecret(tx, orgId, pbx);
        if (made) return made;
        await endTokenSecrets(tx, orgId, pbx, new Date(clock.now().getTime() + KEY_OVERLAP_MS));
        return addTokenSecret(tx, { id, orgId, pbx, sealed });
      });
    },

    /** Ends every token of a phone system. */
    async endAll(orgId: string, pbx: string): Promise<void> {
      await removeTokenSecrets(db, orgId, pbx);
      eras += 1;
      known.clear();
    },

    /** Whose token it is; undefined when it is none of ours, was altered, or is over. */
    async read(token: string): Promise<TokenBearer | undefined> {
      const id = kidOf(token);
      const secret = id === undefined ? undefined : await find(id);
      if (!secret || (secret.endsAt && secret.endsAt <= clock.now())) return undefined;
      const key = Buffer.from(secrets.open(secret.sealed, context(secret.id)), 'base64url');
      const isGood = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: secret.pbxId,
        requiredClaims: ['exp'],
        currentDate: clock.now(),
      }).then(
        () => true,
        () => false,
      );
      return isGood ? { id: secret.id, orgId: secret.orgId, salesforceOrgId: secret.salesforceOrgId, usedFor: secret.pbx } : undefined;
    },
  };
}

function kidOf(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return kid && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}
