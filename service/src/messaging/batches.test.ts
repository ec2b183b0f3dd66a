import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig.close());

let people = 0;
const person = () => `+1415559${7000 + (people += 1)}`;
interface Item {
  key: string;
  id?: string;
  status: string;
  code?: string;
  error?: string;
}
const batch = async (messages: unknown[]) =>
  rig.call<{ items: Item[] }>('POST', '/v1/messages/batch', { messages }, { key: rig.keys.agent });

describe('a batch of messages', () => {
  it('is taken but for those that cannot be read, which are named with their key', async () => {
    const good = { key: randomUUID(), to: person(), body: 'Good' };
    const { status, body } = await batch([
      { ...good, key: 'surprise-1', surprise: true },
      { key: 'no-number-1', body: 'Nobody' },
      'not even an object',
      good,
    ]);
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { key: 'surprise-1', status: 'rejected', code: 'invalid_request' },
      { key: 'no-number-1', status: 'rejected', code: 'invalid_request', error: expect.stringMatching(/^to: /) as string },
      { key: '', status: 'rejected', code: 'invalid_request' },
      { key: good.key, status: 'queued' },
    ]);
  });
});

describe('a record id that cannot be one', () => {
  const WRONG = '00300000000000017';

  it('is refused, alone and in a batch, and keeps no lane back', async () => {
    const alone = await rig.call<{ code: string; errors: { field: string }[] }>(
      'POST',
      '/v1/messages',
      { to: person(), body: 'Hi', recordId: '003000000000001AAB' },
      { headers: { 'idempotency-key': randomUUID() } },
    );
    expect([alone.status, alone.body.code, alone.body.errors[0]?.field]).toEqual([400, 'invalid_request', 'recordId']);
    const { body } = await batch([
      { key: randomUUID(), to: person(), body: 'Bad', recordId: WRONG },
      { key: randomUUID(), to: person(), body: 'Good' },
    ]);
    expect(body.items.map((item) => item.status)).toEqual(['rejected', 'queued']);
  });

  it('that an earlier release took is parked alone; the others of its lane go on', async () => {
    const numbers = Array.from({ length: 12 }, person);
    await rig.call('PATCH', '/v1/org', { connectionMode: false });
    for (const number of numbers) await rig.send(number, OUR_US, 'Hello');
    await rig.rows(`update conversation set record_object = 'Contact', record_id = '${WRONG}' where customer_number = '${numbers[5]}'`);
    await rig.call('PATCH', '/v1/org', { connectionMode: true });
    const there = () => rig.salesforce.org.query('SELECT CustomerNumber__c FROM Conversation__c').map((row) => row['CustomerNumber__c']);
    await until('everybody else', () => numbers.filter((number) => there().includes(number)).length === 11);
    const parked = () => rig.rows<{ kind: string; code: string }>(`select subject_kind as kind, code from outbox where state = 'parked'`);
    const rows = await until('parked', async () => ((await parked()).length > 0 ? parked() : undefined));
    expect(rows.map((row) => row.kind)).toEqual(['conversation']);
    expect(there()).not.toContain(numbers[5]);
  });
});

it('a picture that Apex could not read is refused with the reason', async () => {
  await rig.inbound('+14155550123', OUR_US, 'No picture');
  const message = await until(
    'stored',
    async () => (await rig.rows<{ id: string }>(`select id from message where direction = 'inbound' limit 1`))[0],
  );
  const picture = async (position: number, bytes: number) => {
    const id = randomUUID();
    await sql`insert into media (org_id, id, message_id, position, source_url, content_type, file_name, content, size, state)
      values (${rig.id}, ${id}, ${message.id}, ${position}, '', 'image/png', 'a.png', ${randomBytes(bytes)}, ${bytes}, 'stored')`.execute(
      rig.database.db,
    );
    return rig.call<{ code: string; data: string }>('GET', `/v1/media/${id}`, undefined, { key: rig.keys.agent });
  };
  const large = await picture(0, 1.5 * 1024 * 1024 + 1);
  expect([large.status, large.body.code]).toEqual([413, 'picture_too_large']);
  const largest = await picture(1, 1.5 * 1024 * 1024);
  expect(largest.status).toBe(200);
  // As the answer came, and as the value that Apex reads from it, within its 6 MB of heap.
  expect(2 * JSON.stringify(largest.body).length).toBeLessThan(0.75 * 6_000_000);
});
