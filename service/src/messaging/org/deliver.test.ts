import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SearchRefusedError, type Viewer } from '../../directory/index.ts';
import { SalesforceError, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { until } from '../../rig.test-helper.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { claimBells, findConversations, markRead, saveMatches, settleBells } from '../store/conversations.ts';
import { saveOptOut } from '../store/opt-outs.ts';
import { ORG_LANE_KEYS } from '../types.ts';
import { takeBatch } from './batch.ts';
import { matchConversations } from './matching.ts';
import { fakeUser, refused, startOrgLane, written, type FakeUser, type Step } from './rig.test-helper.ts';

let database: Database;
let orgId: string;
let accountId: string;
let viewer: Viewer;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'smpp');
  viewer = { orgId, connectionId: 'main', rightsVersion: 0 };
});
afterAll(() => database.close());

let people = 0;
const person = () => `+1415557${1000 + (people += 1)}`;
const add = (customerNumber = person(), body = 'text') => addMessage(database.db, { orgId, accountId, customerNumber, body });
const inbound = (customerNumber: string, body: string) =>
  addMessage(database.db, { orgId, accountId, customerNumber, body, preview: body, direction: 'inbound', status: 'received' });
const rows = async () =>
  (
    await sql<{ kind: string; id: string; state: string; code: string; attempts: number }>`
      select subject_kind as kind, subject_id as id, state, code, attempts from outbox where org_id = ${orgId} and purpose = 'org' order by id`.execute(
      database.db,
    )
  ).rows;

/** Runs the lanes until `end`, then empties them. What waits is due at once, over and over. */
async function deliver<T>(main: FakeUser, others: FakeUser[], end: () => T | Promise<T>): Promise<T> {
  const lanes = startOrgLane(database.db, main, others);
  try {
    const value = await until('delivered', async () => {
      await sql`update outbox set due_at = now() where org_id = ${orgId} and due_at > now()`.execute(database.db);
      await sql`update lane set held_until = null where org_id = ${orgId}`.execute(database.db);
      return end();
    });
    return value as T;
  } finally {
    await lanes.stop();
    await sql`delete from outbox where org_id = ${orgId}`.execute(database.db);
  }
}
const nothingWaits = async () => (await rows()).every((row) => row.state === 'parked') && { rows: await rows() };

describe('a call that one row spoils', () => {
  it('is divided until that row is alone, which is parked with the reason; everybody else’s are written', async () => {
    const bad = await add(person(), 'poison');
    for (let others = 0; others < 20; others += 1) await add();
    const main = fakeUser((_step, record) => {
      if (record['Body__c'] !== 'poison') return written();
      throw new SalesforceError({ message: 'refused', status: 400, sent: 'yes', errors: [{ code: 'MALFORMED', message: '', fields: [] }] });
    });
    const left = await deliver(main, [], nothingWaits);
    expect(left).toEqual({ rows: [expect.objectContaining({ kind: 'message', id: bad.id, state: 'parked', code: 'MALFORMED' })] });
  });
});

describe('texts of a conversation', () => {
  it('reach the org in the order in which they came, whatever happened to them since', async () => {
    const number = person();
    const ids: string[] = [];
    for (let text = 0; text < 5; text += 1) ids.push((await add(number, `text ${text}`)).id);
    // A changed row moves to the end of its table, which is where the database then reads it.
    await sql`update message set segments = 2 where org_id = ${orgId} and id = any(${ids.slice(0, 2)}::uuid[])`.execute(database.db);
    const main = fakeUser(() => written());
    await deliver(main, [], nothingWaits);
    const sent = main.calls.flat().filter((step) => step.object === 'Message__c');
    expect(sent.flatMap(({ records }) => records.map((record) => record['ExternalId__c']))).toEqual(ids);
  });
});

describe('an org that does not come to an end with a full call', () => {
  it('gets smaller ones until it does, and everything in the end', async () => {
    const number = person();
    for (let text = 0; text < 130; text += 1) await add(number);
    const sizes: number[] = [];
    const main = fakeUser(() => written());
    const send = main.sf.composite.bind(main.sf);
    (main.sf as { composite: SalesforceClient['composite'] }).composite = async (steps) => {
      const size = (steps as unknown as Step[]).reduce((sum, { records }) => sum + records.length, 0);
      sizes.push(size);
      if (size > 50) throw new SalesforceError({ message: 'no answer', sent: 'maybe', fault: 'timeout' });
      return send(steps);
    };
    expect(await deliver(main, [], nothingWaits)).toEqual({ rows: [] });
    expect(sizes.slice(0, 3)).toEqual([132, 66, 33]); // with the wake-up
    expect(new Set(main.calls.flat().flatMap(({ object, records }) => (object === 'Message__c' ? records : []))).size).toBe(130);
  });
});

describe('an org that is held because a call timed out', () => {
  it('gets full calls afterwards when none of them was tried meanwhile', async () => {
    const number = person();
    for (let text = 0; text < 130; text += 1) await add(number);
    const main = fakeUser(() => written());
    const query = main.sf.query.bind(main.sf);
    let timeouts = 3;
    (main.sf as { query: SalesforceClient['query'] }).query = (soql) => {
      if ((timeouts -= 1) >= 0) throw new SalesforceError({ message: 'no answer', sent: 'maybe', fault: 'timeout' });
      return query(soql);
    };
    expect(await deliver(main, [], nothingWaits)).toEqual({ rows: [] });
    expect([timeouts, main.calls.length]).toEqual([-1, 1]);
  });
});

const FOREIGN_KEY = refused('INVALID_FIELD', 'Foreign key external ID: x not found for field ExternalId__c in entity Conversation__c');

describe('a message whose conversation somebody deleted in the org', () => {
  it('comes back with its conversation, which gets its owner again', async () => {
    const message = await add();
    await sql`delete from outbox where org_id = ${orgId} and subject_kind = 'conversation'`.execute(database.db);
    await sql`update conversation set owner_written = true, owner_id = '005000000000001AAA' where id = ${message.conversationId}`.execute(
      database.db,
    );
    const there = new Set<string>();
    const owners: unknown[] = [];
    const main = fakeUser((step, record) => {
      if (step.object === 'Conversation__c') {
        owners.push(record['OwnerId']);
        there.add(String(record['ExternalId__c']));
      }
      return step.object === 'Message__c' && !there.has(message.conversationId) ? FOREIGN_KEY : written();
    });
    expect(await deliver(main, [], nothingWaits)).toEqual({ rows: [] });
    expect(owners).toEqual(['005000000000001AAA']);
  });

  it('is parked after some tries when that does not help', async () => {
    const message = await add();
    const main = fakeUser((step) => (step.object === 'Message__c' ? FOREIGN_KEY : written()));
    const left = await deliver(main, [], nothingWaits);
    expect(left).toEqual({ rows: [expect.objectContaining({ id: message.id, state: 'parked', code: 'PARENT_MISSING' })] });
    expect(main.calls.flat().filter((step: Step) => step.object === 'Message__c').length).toBeLessThanOrEqual(7);
  });
});

describe('rows that the main user may not write', () => {
  const hidden = refused('INVALID_FIELD_FOR_INSERT_UPDATE', 'Unable to create/update fields: Media__c', ['Media__c']);

  it('are all tried in one call of another user', async () => {
    for (let count = 0; count < 12; count += 1) await add();
    const main = fakeUser((step) => (step.object === 'Message__c' ? hidden : written()));
    const other = fakeUser(() => written());
    expect(await deliver(main, [other], nothingWaits)).toEqual({ rows: [] });
    expect(main.calls.length).toBeLessThanOrEqual(ORG_LANE_KEYS.length);
    expect(other.calls.length).toBeLessThanOrEqual(ORG_LANE_KEYS.length);
  });

  it('go on to the next user where one writes only some, and are parked where nobody does', async () => {
    const [first, second] = [await add(person(), 'one'), await add(person(), 'two')];
    const third = await add(person(), 'three');
    const may = (text: string) =>
      fakeUser((step, record) => (step.object === 'Message__c' && record['Body__c'] !== text ? hidden : written()));
    const left = await deliver(may('none'), [may('one'), may('two')], nothingWaits);
    expect(left).toEqual({ rows: [expect.objectContaining({ id: third.id, state: 'parked' })] });
    expect([first.id, second.id]).not.toContain(third.id);
  });
});

it('keeps a lease while several calls take longer than it', async () => {
  for (let count = 0; count < 8; count += 1) await add();
  const main = fakeUser(() => written());
  const slow = main.sf.composite.bind(main.sf);
  let calls = 0;
  (main.sf as { composite: SalesforceClient['composite'] }).composite = async (steps) => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (calls <= ORG_LANE_KEYS.length) throw new SalesforceError({ message: 'refused', status: 400, sent: 'yes' });
    return slow(steps);
  };
  const lanes = startOrgLane(database.db, main, [], 600);
  await until('all written', async () => (await rows()).length === 0);
  await lanes.stop();
});

// PGlite runs one transaction after the other, so that nobody there can wait for anybody.
it.skipIf(!process.env['TEST_DATABASE_URL'])(
  'keeps one order of locks among texts, consents and batches (needs TEST_DATABASE_URL)',
  async () => {
    const lanes = startOrgLane(
      database.db,
      fakeUser(() => written()),
    );
    const end = Date.now() + 4_000;
    let writes = 0;
    const write = async (worker: number) => {
      while (Date.now() < end) {
        writes += 1;
        const number = `+1415558${1000 + Math.floor(Math.random() * 20)}`;
        const consent = {
          number,
          state: 'opted_in',
          kind: 'manual',
          keyword: null,
          reason: '',
          changedAt: new Date(),
          changedBy: null,
        } as const;
        if (worker < 3) await saveOptOut(database.db, orgId, { id: randomUUID(), ...consent });
        else await addMessage(database.db, { orgId, accountId, customerNumber: number, ourNumber: `+1415555010${writes % 4}` });
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, worker) => write(worker)));
    await lanes.stop();
    await sql`delete from outbox where org_id = ${orgId}`.execute(database.db);
    const { rows: seen } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(database.db);
    expect(seen).toEqual([{ deadlocks: 0 }]);
  },
);

describe('the bell', () => {
  it('rings once until the conversation is read, also when the next text comes while the first is on its way', async () => {
    const number = person();
    const first = await inbound(number, 'one');
    const owner = `update conversation set owner_id = '005000000000001AAA' where customer_number = '${number}'`;
    await sql.raw(owner).execute(database.db);
    let more = 2;
    const main = fakeUser(() => written(true));
    const send = main.sf.composite.bind(main.sf);
    (main.sf as { composite: SalesforceClient['composite'] }).composite = async (steps) => {
      if (more > 0) await inbound(number, `more ${(more -= 1)}`);
      return send(steps);
    };
    await deliver(main, [], nothingWaits);
    expect(main.bells).toHaveLength(1);
    await markRead(database.db, orgId, first.conversationId);
    expect((await claimBells(database.db, orgId, [first.conversationId])).conversations).toEqual([]);
    await inbound(number, 'later');
    await deliver(main, [], nothingWaits);
    expect(main.bells.map((bell) => bell.title)).toHaveLength(2);
    expect(main.bells[1]?.title).toMatch(/^New message from/);
  });

  it('rings once for each owner of what one batch brought, all owners in one call', async () => {
    const [agent, other] = ['005000000000001AAA', '005000000000002AAA'];
    for (let conversation = 0; conversation < 9; conversation += 1) {
      const number = person();
      await inbound(number, 'one');
      await inbound(number, 'two');
      await sql`update conversation set owner_id = ${conversation < 6 ? agent : other} where customer_number = ${number}`.execute(
        database.db,
      );
    }
    await sql`update outbox set lane_key = '0' where org_id = ${orgId}`.execute(database.db);
    const main = fakeUser(() => written(true));
    const calls: { title: string; recipientIds: string[] }[][] = [];
    main.sf.sendNotifications = async (_type, items) => void calls.push([...items]);
    await deliver(main, [], nothingWaits);
    expect(calls).toHaveLength(1);
    const rung = calls[0]?.map(({ title, recipientIds }) => [recipientIds, title.replace(/from .* and/, 'from … and')]).sort();
    expect(rung).toEqual([
      [[agent], '12 new messages from … and 5 more'],
      [[other], '6 new messages from … and 2 more'],
    ]);
  });

  it('that could not ring rings with the next text, and so does one whose process died', async () => {
    const [number, other] = [person(), person()];
    const first = await inbound(number, 'one');
    const owner = `update conversation set owner_id = '005000000000001AAA' where customer_number in ('${number}', '${other}')`;
    await sql.raw(owner).execute(database.db);
    const main = fakeUser(() => written(true));
    const ring = main.sf.sendNotifications;
    main.sf.sendNotifications = () => Promise.reject(new SalesforceError({ message: 'no answer', sent: 'maybe', fault: 'timeout' }));
    await deliver(main, [], nothingWaits);
    main.sf.sendNotifications = ring;
    await inbound(number, 'two');
    await deliver(main, [], nothingWaits);
    expect(main.bells).toHaveLength(1);

    await markRead(database.db, orgId, first.conversationId);
    await inbound(number, 'three');
    const claim = async () => claimBells(database.db, orgId, [first.conversationId]);
    const [slow, second] = [await claim(), await claim()];
    expect([slow.conversations, second.conversations].map((claimed) => claimed.length)).toEqual([1, 0]);
    const wait = sql`update conversation set alert_claimed_at = alert_claimed_at - interval '3 minutes'`;
    await wait.execute(database.db);
    const third = await claim();
    expect(third.conversations).toHaveLength(1);
    // Whoever was too slow ends no claim but its own.
    await settleBells(database.db, orgId, slow, true);
    expect((await claim()).conversations).toEqual([]);
    await settleBells(database.db, orgId, third, false);
    await deliver(main, [], nothingWaits);
    expect(main.bells).toHaveLength(2);
  });
});

describe('a batch', () => {
  const row = (id: number, subjectKind: string, subjectId: string) => ({
    id,
    version: 1,
    subjectKind,
    subjectId,
    attempts: 0,
    createdAt: new Date(),
  });

  it('is as much as five collections hold, the oldest of each kind', () => {
    const of = (kind: string, from: number) => Array.from({ length: 450 }, (_, index) => row(from + index, kind, `${kind}${index}`));
    const taken = takeBatch([...of('message', 1), ...of('opt_out', 1_001), ...of('conversation', 2_001)], new Map());
    const ids = (kind: string) => taken.filter(({ subjectKind }) => subjectKind === kind).map(({ id }) => id);
    const first = (count: number, from: number) => Array.from({ length: count }, (_, index) => from + index);
    expect([ids('message'), ids('opt_out'), ids('conversation')]).toEqual([first(400, 1), first(200, 1_001), first(200, 2_001)]);
  });

  it('leaves messages behind whose conversation did not fit', () => {
    const conversations = Array.from({ length: 201 }, (_, index) => row(index, 'conversation', `c${index}`));
    const messages = [row(300, 'message', 'm0'), row(301, 'message', 'm200'), row(302, 'message', 'other')];
    const parents = new Map(
      ['0', '200'].map((index) => [`m${index}`, { conversationId: `c${index}`, state: 'waiting' as const }] as const),
    );
    const taken = takeBatch([...conversations, ...messages], parents);
    expect(taken).toHaveLength(202);
    expect(taken.slice(200).map(({ subjectId }) => subjectId)).toEqual(['m0', 'other']);
  });
});

describe('a record that a conversation belongs to', () => {
  it('is not taken for gone when the question for it was not answered', async () => {
    const record = { object: 'Contact', id: '003000000000001AAA' };
    const { conversationId } = await addMessage(database.db, { orgId, accountId, customerNumber: person(), record });
    const conversations = await findConversations(database.db, orgId, [conversationId]);
    const sf = (status: number, code: string) =>
      ({
        steps: { query: (referenceId: string) => ({ referenceId }) },
        composite: async () => [{ referenceId: 'Contact', ok: false, status, saves: [], errors: [{ code, message: '', fields: [] }] }],
        queryAllPages: async function* () {},
      }) as unknown as SalesforceClient;
    const directory = { findByNumbers: () => Promise.resolve(new Map()) } as never;
    const input = { viewer, conversations, numbers: [], phoneFields: [], now: new Date() };
    const away = matchConversations(directory, { ...input, sf: sf(503, 'SERVER_UNAVAILABLE') });
    await expect(away).rejects.toMatchObject({ status: 503 });
    // One that this user may not read keeps its conversation, and keeps nobody's texts back.
    expect(await matchConversations(directory, { ...input, sf: sf(400, 'INVALID_TYPE') })).toEqual([]);
  });

  it('is not made up where the org refuses to search: the text is delivered, and the note says why nobody was found', async () => {
    const { conversationId } = await add();
    const conversations = await findConversations(database.db, orgId, [conversationId]);
    const input = { viewer, sf: {} as SalesforceClient, conversations, numbers: [], phoneFields: [], now: new Date() };
    const noteOf = async (code: string, lacksRights: boolean): Promise<string> => {
      const directory = { findByNumbers: () => Promise.reject(new SearchRefusedError(code, lacksRights, undefined)) } as never;
      const matches = await matchConversations(directory, input);
      expect(matches).toMatchObject([{ conversationId, recordId: null, note: expect.stringContaining(code) as string }]);
      return matches[0]?.note ?? '';
    };
    expect(await noteOf('INVALID_FIELD', true)).toContain('needs to read Contacts');
    expect(await noteOf('MALFORMED_SEARCH', false)).not.toContain('needs to read');
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('is left to whoever is main next, where rights were missing (%s)', async (lacksRights, asked) => {
    const { conversationId } = await add();
    const look = async (findByNumbers: () => Promise<unknown>) => {
      const conversations = await findConversations(database.db, orgId, [conversationId]);
      const input = { viewer, sf: {} as SalesforceClient, conversations, numbers: [], phoneFields: [], now: new Date() };
      const matches = await matchConversations({ findByNumbers } as never, input);
      await database.db.transaction().execute((tx) => saveMatches(tx, orgId, matches, new Date()));
    };
    await look(() => Promise.reject(new SearchRefusedError('INVALID_FIELD', lacksRights, undefined)));
    let searches = 0;
    await look(async () => {
      searches += 1;
      return new Map();
    });
    expect(searches).toBe(asked);
    const [conversation] = await findConversations(database.db, orgId, [conversationId]);
    expect(conversation?.matchNote).toContain(lacksRights ? 'No Contact, Lead or Account' : 'Nobody was looked for');
  });
});
