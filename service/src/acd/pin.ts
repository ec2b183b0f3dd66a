import { createHash, timingSafeEqual } from 'node:crypto';
import { CallFailedError, type Call } from '../connections/index.ts';
import { sleep } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { tooManyRequests, unavailable } from '../platform/errors.ts';
import type { Answer } from './answer.ts';
import { pinLocked, pinNotSetUp } from './errors.ts';
import type { Match } from './match.ts';
import type { Caller } from '../tenancy/index.ts';
import { countTry, forgetTries, takeBackTry } from './pin-store.ts';
import type { Acd, Asked } from './service.ts';

/** After five wrong PINs a record is locked for so long, or until an admin unlocks it. */
const MOST_TRIES = 5;
const LOCKED_MS = 30 * 60_000;
/** Wrong PINs of one phone system in a minute, whomever they are for: somebody goes through the accounts. */
const MOST_OF_PBX = 60;
const MINUTE_MS = 60_000;
/** No answer comes earlier, so that nobody hears from its time whether the record exists. */
const ANSWER_MS = 500;
const SEARCH_MS = 5_000;

export interface PinOptions {
  db: Db;
  call: Call;
  acd: Pick<Acd, 'ask' | 'lookupFor'>;
}

export type Pins = ReturnType<typeof createPins>;

/**
 * Checks the PIN that a caller typed in. The PIN is a field of the record in the org and is read there for each check: it is kept nowhere else, and
 * nobody is let in while the org cannot be asked.
 */
export function createPins({ db, call, acd }: PinOptions) {
  const subjectOf = (best: Match | undefined, { caller, caseNumber, accountNumber }: Asked) =>
    best?.id.slice(0, 15) ??
    createHash('sha256')
      .update(JSON.stringify([caller, caseNumber, accountNumber]))
      .digest('hex');

  async function heldPin(orgId: string, { object, id }: Match, field: string): Promise<string> {
    const { records } = await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: SEARCH_MS }, (sf) =>
      sf.query(`SELECT ${field} FROM ${object} WHERE Id = '${id}'`, { timeoutMs: SEARCH_MS }),
    );
    // SOQL does not mind how a field is written, and the package's prefix is taken off.
    const held = Object.entries(records[0] ?? {}).find(([name]) => bareName(name) === bareName(field))?.[1];
    const value: unknown = held;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  return {
    /**
     * Whether the PIN is that of the record which the look-up finds, and the answer of the look-up where it is. Throws pin_not_set_up, pin_locked,
     * too_many_requests, and unavailable while the org does not answer.
     */
    async check(
      { orgId, keyId }: Pick<Caller, 'orgId' | 'keyId'>,
      asked: Asked,
      pin: string,
    ): Promise<{ verified: boolean; answer?: Answer & { tookMs: number } }> {
      const began = performance.now();
      const { definition } = await acd.lookupFor(orgId, asked);
      if (!definition.pinField) throw pinNotSetUp('Name the field that holds the PIN in the look-up.');
      const ofPbx = `key ${keyId}`;
      const pbxLimit = await countTry(db, orgId, ofPbx, { most: MOST_OF_PBX, forMs: MINUTE_MS, slides: false });
      if (!pbxLimit.mayGo) throw tooManyRequests('Too many PINs were tried. Wait a minute.', { headers: retryAfter(pbxLimit.waitMs) });
      const answer = await acd.ask(orgId, asked);
      if (answer.source === 'fallback' && !answer.best) {
        await takeBackTry(db, orgId, ofPbx);
        throw unavailable('Whose PIN it is cannot be told at the moment: neither the directory nor the org answered.');
      }
      const subject = subjectOf(answer.best, asked);
      const limit = await countTry(db, orgId, subject, { most: MOST_TRIES, forMs: LOCKED_MS, slides: true });
      if (!limit.mayGo)
        throw pinLocked('Five wrong PINs were given. Wait, or let an admin unlock the record.', { headers: retryAfter(limit.waitMs) });
      const takeBack = () => Promise.all([takeBackTry(db, orgId, subject), takeBackTry(db, orgId, ofPbx)]);
      const held = answer.best
        ? await heldPin(orgId, answer.best, definition.pinField).catch(async (error: unknown) => {
            await takeBack(); // nothing was compared
            throw toProblem(error);
          })
        : '';
      const isRight = same(held, pin) && held !== '';
      await Promise.all([
        ...(isRight ? [forgetTries(db, orgId, subject), takeBackTry(db, orgId, ofPbx)] : []),
        sleep(Math.max(0, ANSWER_MS - (performance.now() - began))),
      ]);
      return isRight ? { verified: true, answer } : { verified: false };
    },

    /** Lets a record's PIN be tried again. False: it was not locked. */
    unlock: (orgId: string, recordId: string): Promise<boolean> => forgetTries(db, orgId, recordId.slice(0, 15)),
  };
}

/** A field that the org does not have, or does not show, is the look-up's fault. */
function toProblem(error: unknown): unknown {
  if (!(error instanceof CallFailedError)) return error;
  const { class: kind } = error.failure;
  return kind === 'record' || kind === 'permission'
    ? pinNotSetUp('The connected users cannot read the field that the look-up names for the PIN.')
    : unavailable('The org cannot be asked at the moment, and a PIN is checked nowhere else.', { cause: error });
}

const bareName = (field: string): string => field.toLowerCase().replace(/^[a-z][a-z0-9_]*?__(?=\w+__c$)/, '');

const retryAfter = (waitMs: number) => ({ 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) });

/** Takes as long whatever differs. */
function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
