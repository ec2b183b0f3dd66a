import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { createReceive, type Receive } from './receive.ts';
import { addAccount, addOrg } from './store.test-helper.ts';
import { saveOptOut } from './store/opt-outs.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

let database: Database;
let orgId: string;
let accountId: string;
let receive: Receive;
let now = NOW;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'twilio');
  ({ receive } = createReceive({ db: database.db, clock: { now: () => now }, wake: () => {} }));
});
afterAll(() => database.close());

let people = 0;
const person = () => `+1415559${1000 + (people += 1)}`;

async function text(from: string, body: string, receivedAt?: Date): Promise<void> {
  await receive({ orgId, accountId, carrierId: randomUUID(), from, to: '+14155550100', body, media: [], receivedAt });
}

const first = async <T>(query: string): Promise<T | undefined> => (await sql.raw<T>(query).execute(database.db)).rows[0];
const consent = (number: string) =>
  first<{ state: string; kind: string; keyword: string | null; reason: string; at: Date }>(
    `select state, kind, keyword, reason, changed_at as at from opt_out where number = '${number}'`,
  );
const preview = (number: string) =>
  first<{ text: string; direction: string; unread: number }>(
    `select last_text as text, last_direction as direction, unread from conversation where customer_number = '${number}'`,
  );

describe('consent', () => {
  it('follows the order in which a person texted, not the one in which the texts came', async () => {
    const [late, early] = [person(), person()];
    await text(late, 'STOP');
    await text(late, 'START', before(2));
    expect(await consent(late)).toMatchObject({ state: 'opted_out', keyword: 'STOP' });
    await text(early, 'START', before(5));
    await text(early, 'STOP', before(2));
    expect(await consent(early)).toMatchObject({ state: 'opted_out', at: before(2) });
    await text(early, 'START');
    expect(await consent(early)).toMatchObject({ state: 'opted_in', at: NOW });
  });

  it('is not kept from changing by a carrier whose clock is ahead', async () => {
    const number = person();
    await text(number, 'START', before(-60));
    await text(number, 'STOP');
    expect(await consent(number)).toMatchObject({ state: 'opted_out' });
  });
});

describe('HELP', () => {
  it('is kept with the number and decides nothing', async () => {
    const number = person();
    await text(number, 'Help!', before(1));
    expect(await consent(number)).toMatchObject({ state: 'opted_in', kind: 'help', keyword: 'HELP' });
    expect(await first(`select 1 from outbox where subject_kind = 'opt_out' and purpose = 'org' order by id desc limit 1`)).toEqual(
      expect.anything(),
    );
    await text(number, 'STOP', before(5)); // came late, and is the only decision
    expect(await consent(number)).toMatchObject({ state: 'opted_out', kind: 'keyword', keyword: 'STOP' });
  });

  it('leaves a decision as it is', async () => {
    const number = person();
    await saveOptOut(database.db, orgId, {
      id: randomUUID(),
      number,
      state: 'opted_out',
      kind: 'manual',
      keyword: null,
      reason: 'Asked on the phone',
      changedAt: before(10),
      changedBy: null,
    });
    await text(number, 'INFO');
    expect(await consent(number)).toEqual({
      state: 'opted_out',
      kind: 'manual',
      keyword: 'INFO',
      reason: 'Asked on the phone',
      at: before(10),
    });
  });
});

it('a text that a list brings late is unread, but not what the conversation ends with', async () => {
  const number = person();
  await text(number, 'The newest');
  await text(number, 'An older one', before(30));
  expect(await preview(number)).toEqual({ text: 'The newest', direction: 'inbound', unread: 2 });
  now = before(-1);
  await text(number, 'Newer still');
  now = NOW;
  expect(await preview(number)).toMatchObject({ text: 'Newer still', unread: 3 });
});
