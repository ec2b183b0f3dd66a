/** 600 messages in both directions through a switch of the main user: every one is once in the org, in the order of its conversation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from './support/stack.ts';

const US = '+14155550100';
const CUSTOMERS = 20;
const EACH = 15;
const phoneOf = (index: number) => `+1415555${String(2000 + index)}`;

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ lightning: false, env: { CARRIER_POLL_SECONDS: '15' } });
}, 120_000);
afterAll(() => stack?.close());

async function inbound(from: string, body: string): Promise<void> {
  const response = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, to: US, body }),
  });
  if (!response.ok) throw new Error(await response.text());
}

interface Row {
  Body__c: string;
  Direction__c: string;
  SentStatus__c: string;
  Sequence__c: number;
  Conversation__r: { CustomerNumber__c: string };
}

async function inOrg(username: string): Promise<Row[]> {
  const rest = await stack.api.rest(username);
  const soql =
    'SELECT Body__c, Direction__c, SentStatus__c, Sequence__c, Conversation__r.CustomerNumber__c FROM Message__c ORDER BY Conversation__c, Sequence__c';
  return (await rest<{ records: Row[] }>('GET', `/query?q=${encodeURIComponent(soql)}`)).records;
}

async function received(phone: string): Promise<string[]> {
  const response = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/phones/${encodeURIComponent(phone)}`);
  const { messages } = (await response.json()) as { messages: { direction: string; body: string }[] };
  return messages.filter((message) => message.direction === 'received').map((message) => message.body);
}

describe('a switch under load', () => {
  it('loses and doubles nothing', async () => {
    const agent = stack.api.as('agent@sandbox.test');
    const asked: string[] = [];
    for (let round = 0; round < EACH; round += 1) {
      if (round === Math.floor(EACH / 3))
        await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/users/admin@sandbox.test/revoke`, { method: 'POST' });
      await Promise.all(
        Array.from({ length: CUSTOMERS }, async (_, index) => {
          const [ask, answer] = [`ask ${round} of ${phoneOf(index)}`, `answer ${round} to ${phoneOf(index)}`];
          asked.push(ask, answer);
          await inbound(phoneOf(index), ask);
          await agent.post(
            '/v1/messages',
            { to: phoneOf(index), from: US, body: answer },
            { 'Idempotency-Key': `switch-${round}-${index}` },
          );
        }),
      );
    }
    expect(asked).toHaveLength(600);
    await expect
      .poll(
        async () =>
          (await inOrg('standby@sandbox.test')).filter((row) => row.SentStatus__c === 'Received' || row.SentStatus__c === 'Sent').length,
        { timeout: 90_000, interval: 1_000 },
      )
      .toBe(600);

    const rows = await inOrg('standby@sandbox.test');
    expect(rows.map((row) => row.Body__c).sort()).toEqual([...asked].sort());
    for (let index = 0; index < CUSTOMERS; index += 1) {
      const thread = rows.filter((row) => row.Conversation__r.CustomerNumber__c === phoneOf(index));
      expect(thread.map((row) => row.Sequence__c)).toEqual(Array.from({ length: 2 * EACH }, (_, position) => position + 1));
      const answers = thread.filter((row) => row.Direction__c === 'Outbound').map((row) => row.Body__c);
      expect(answers).toEqual(Array.from({ length: EACH }, (_, round) => `answer ${round} to ${phoneOf(index)}`));
    }
  });

  it('the phones got every answer once, in order', async () => {
    for (let index = 0; index < CUSTOMERS; index += 1) {
      // *Sent* says that the carrier has a text; its phone gets it a moment later.
      await expect
        .poll(() => received(phoneOf(index)))
        .toEqual(Array.from({ length: EACH }, (_, round) => `answer ${round} to ${phoneOf(index)}`));
    }
  });

  it('the timeline tells of one switch with its cause', async () => {
    const { items } = await stack.api
      .as('standby@sandbox.test')
      .get<{ items: { kind: string; from?: string; to?: string; causeText?: string }[] }>('/v1/connections/events');
    const switches = items.filter((event) => event.kind === 'switched');
    expect(switches).toHaveLength(1);
    expect(switches[0]).toMatchObject({ from: 'admin@sandbox.test', to: 'standby@sandbox.test' });
    expect(switches[0]?.causeText).toMatch(/\w+/);
  });
});
