import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '../platform/crypto.ts';
import type { Database, Tx } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { Problem } from '../platform/errors.ts';
import { createAddressGuard } from '../platform/net.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { createSend } from './send.ts';
import { addAccount, addNumber, addOrg } from './store.test-helper.ts';
import { findAccount, lockNumbers, removeAccount, saveAccount, savePolled } from './store/accounts.ts';
import type { CarrierAccount } from './types.ts';

let database: Database;
let accounts: Accounts;
let orgId: string;
let accountId: string;
const clock = { now: () => new Date() };
const [OURS, THEIRS] = ['+14155550100', '+14155550123'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  const secrets = createSecretBox([{ id: 'k1', bytes: randomBytes(32) }]);
  accounts = createAccounts({ db: database.db, clock, secrets, guard: createAddressGuard([]), publicUrl: 'https://service.example' });
});
afterAll(() => database.close());
beforeEach(async () => {
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'smpp');
});

const number = () => ({ number: OURS, kind: 'phone' as const, label: 'Ours', accountId, country: 'US', isDefault: false, users: [] });
const send = (key: string) =>
  createSend({ db: database.db, clock, wake: () => {} })(orgId, undefined, key, { to: THEIRS, from: OURS, body: 'text' });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );
const count = async (table: 'number' | 'conversation' | 'message' | 'outbox') =>
  (await sql`select 1 from ${sql.table(table)} where org_id = ${orgId}`.execute(database.db)).rows.length;

describe('a removed account', () => {
  it('takes no number and no message', async () => {
    await accounts.remove(orgId, accountId);
    expect(await codeOf(accounts.createNumber(orgId, number()))).toBe('not_found');
    expect(await codeOf(accounts.remove(orgId, accountId))).toBe('not_found');

    const other = await addAccount(database.db, orgId, 'smpp');
    const id = await accounts.createNumber(orgId, { ...number(), accountId: other });
    expect(await codeOf(accounts.updateNumber(orgId, id, { accountId }))).toBe('not_found');
    expect(await codeOf(accounts.remove(orgId, other))).toBe('account_in_use');
    await accounts.updateNumber(orgId, id, { label: 'Sales' });
  });

  it('refuses a message from a number that was left on it', async () => {
    await addNumber(database.db, orgId, accountId, OURS);
    await database.db.transaction().execute((tx) => removeAccount(tx, orgId, accountId, new Date()));
    expect(await codeOf(send('left'))).toBe('account_removed');
    expect([await count('conversation'), await count('message'), await count('outbox')]).toEqual([0, 0, 0]);
  });
});

describe('an account that leads to another list', () => {
  const settings = { accountSid: 'AC1', baseUrl: 'https://carrier.example' };
  const place = { polledUntil: new Date('2026-01-01T00:00:00Z'), polledNumbers: [OURS] };
  const read = async () => (await findAccount(database.db, accountId)) as CarrierAccount;
  const change = async (changed: Partial<CarrierAccount>) => saveAccount(database.db, { ...(await read()), ...changed });
  beforeEach(async () => {
    await change({ settings });
    await savePolled(database.db, { ...(await read()), ...place });
  });

  it('begins to read that anew, and goes on where it is the same', async () => {
    for (const same of [{ label: 'New' }, { settings: { ...settings, baseUrl: `${settings.baseUrl}/` } }, { secret: 'new' }]) {
      await change(same);
      expect(await read()).toMatchObject(place);
    }
    for (const other of [{ accountSid: 'AC2' }, { baseUrl: 'https://other.example' }, { baseUrl: undefined }]) {
      await change({ settings });
      await savePolled(database.db, { ...(await read()), ...place });
      await change({ settings: { ...settings, ...other } });
      expect(await read()).toMatchObject({ polledUntil: null, polledNumbers: [] });
    }
  });

  it('is not put back to its old place by a look that was under way', async () => {
    const before = await read();
    await change({ settings: { ...settings, accountSid: 'AC2' } });
    await savePolled(database.db, { ...before, ...place });
    expect(await read()).toMatchObject({ polledUntil: null, polledNumbers: [] });
  });
});

// PGlite runs one transaction after the other, so that nobody there can wait for anybody.
describe.skipIf(!process.env['TEST_DATABASE_URL'])('an account that is removed at the same moment (needs TEST_DATABASE_URL)', () => {
  /** Runs `first` and, before it is committed, begins `second`, which waits for it or is through. Answers what became of the second. */
  async function meanwhile(first: (tx: Tx) => Promise<void>, second: () => Promise<unknown>): Promise<string> {
    let outcome: Promise<string> | undefined;
    await database.db.transaction().execute(async (tx) => {
      await first(tx);
      let through = false;
      outcome = codeOf(second()).finally(() => (through = true));
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while (!through && (await waiting.execute(database.db)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    return String(await outcome);
  }

  it('gets no number', async () => {
    const remove = async (tx: Tx) => {
      await lockNumbers(tx, orgId);
      await removeAccount(tx, orgId, accountId, new Date());
    };
    expect(await meanwhile(remove, () => accounts.createNumber(orgId, number()))).toBe('not_found');
    expect(await count('number')).toBe(0);
  });

  it('stays when it gets a number first', async () => {
    const add = async (tx: Tx) => {
      await lockNumbers(tx, orgId);
      await addNumber(tx, orgId, accountId, OURS);
    };
    expect(await meanwhile(add, () => accounts.remove(orgId, accountId))).toBe('account_in_use');
  });

  it('queues no message that nobody would send', async () => {
    await addNumber(database.db, orgId, accountId, OURS);
    const remove = (tx: Tx) => removeAccount(tx, orgId, accountId, new Date());
    expect(await meanwhile(remove, () => send('late'))).toBe('account_removed');
    expect([await count('conversation'), await count('message'), await count('outbox')]).toEqual([0, 0, 0]);
  });

  it('says what became of a message that was queued first', async () => {
    await addNumber(database.db, orgId, accountId, OURS);
    const queue = async (tx: Tx) => {
      await createSend({ db: tx, clock, wake: () => {} })(orgId, undefined, 'early', { to: THEIRS, from: OURS, body: 'text' });
      await sql`update number set removed_at = now() where org_id = ${orgId}`.execute(tx);
    };
    const gone = () => database.db.transaction().execute((tx) => removeAccount(tx, orgId, accountId, new Date()));
    expect(await meanwhile(queue, gone)).toBe('done');
    const { rows } = await sql`select status, error_code as code from message where org_id = ${orgId}`.execute(database.db);
    expect(rows).toEqual([{ status: 'failed', code: 'account_removed' }]);
    expect((await sql`select 1 from outbox where org_id = ${orgId} and purpose = 'carrier'`.execute(database.db)).rows).toEqual([]);
  });
});
