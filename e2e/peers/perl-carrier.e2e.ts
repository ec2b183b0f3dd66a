/**
 * The whole way of a text, from the API to the org and back, over an SMSC that other people wrote: what the SMSC took is counted there, and
 * what an agent reads stands in the org.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { happens, hasNetSmpp, startPerlPeer, type PerlPeer } from '../../service/src/gateways/smpp/perl-peer.test-helper.ts';
import { soql } from '../support/peers.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const ADMIN = 'admin@sandbox.test';
const AGENT = 'agent@sandbox.test';
const OURS = '+447700900300';

let stack: TestStack;
let peer: PerlPeer;
let people = 0;
/** A phone that no other test uses. */
const phone = (): string => `+4477009${String(20_000 + (people += 1))}`;

interface State {
  SentStatus__c: string;
  DeliveryStatus__c: string | null;
  ErrorText__c: string | null;
}
async function stateOf(id: string): Promise<State | undefined> {
  const [row] = await soql<State>(
    stack,
    ADMIN,
    `SELECT SentStatus__c, DeliveryStatus__c, ErrorText__c FROM Message__c WHERE ExternalId__c = '${id}'`,
  );
  return row;
}
const reads = (id: string, sent: string, delivery: string | null): Promise<void> =>
  expect.poll(() => stateOf(id), { timeout: 150_000, interval: 100 }).toMatchObject({ SentStatus__c: sent, DeliveryStatus__c: delivery });

async function send(to: string, body: string): Promise<string> {
  const { id } = await stack.api
    .as(AGENT)
    .post<{ id: string }>('/v1/messages', { to, from: OURS, body }, { 'Idempotency-Key': randomUUID() });
  return id;
}
/** How often the SMSC got this text, and how often it took it. */
function times(body: string): { submitted: number; taken: number } {
  const hex = Buffer.from(body).toString('hex');
  const count = (event: string): number => peer.lines.filter((line) => line.startsWith(event) && line.endsWith(hex)).length;
  return { submitted: count('submit '), taken: count('taken ') };
}
/** After a cut: a text that comes behind it in time is taken, so that the link is up and what could be sent again would have been. */
async function linkIsBack(): Promise<void> {
  const body = `and ${randomUUID()}`;
  await reads(await send(phone(), body), 'Sent', 'Delivered');
}

describe.skipIf(!hasNetSmpp)('a text over an SMSC of Net::SMPP (skipped without the Debian package libnet-smpp-perl)', () => {
  beforeAll(async () => {
    // Trying the account out and the first bind are answered with "already bound", as after a cut that the SMSC has not seen yet.
    peer = await startPerlPeer(2);
    stack = await startTestStack({ sample: 'connected', lightning: false });
    const admin = stack.api.as(ADMIN);
    const account = await admin.post<{ id: string }>('/v1/carrier-accounts', {
      kind: 'smpp',
      label: 'Perl',
      settings: { host: '127.0.0.1', port: peer.port, systemId: 'switchboard' },
      secret: 'secret',
      ratePerSecond: 100,
    });
    await admin.post('/v1/numbers', { number: OURS, label: 'Perl', accountId: account.id, country: 'GB' });
    const state = async () =>
      (await admin.get<{ items: { id: string; state: string }[] }>('/v1/carrier-accounts')).items.find(({ id }) => id === account.id)
        ?.state;
    await vi.waitFor(async () => expect(await state()).toBe('connected'), { timeout: 30_000, interval: 100 });
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
    peer?.close();
  });

  it('is sent once and ends as delivered, whether the receipt comes after the answer, before it or twice', async () => {
    const texts = ['plain words', 'early words', 'twice told'];
    const ids = await Promise.all(texts.map((body) => send(phone(), body)));
    for (const id of ids) await reads(id, 'Sent', 'Delivered');
    for (const body of texts) expect(times(body)).toEqual({ submitted: 1, taken: 1 });
  });

  it('is sent and no more while no receipt has come, and delivered when it comes with another bind', async () => {
    const [never, late] = await Promise.all([send(phone(), 'quiet words'), send(phone(), 'later words')]);
    await reads(never, 'Sent', 'Pending');
    await reads(late, 'Sent', 'Pending');
    await reads(await send(phone(), 'unbind then'), 'Sent', 'Delivered');
    await reads(late, 'Sent', 'Delivered');
    await reads(never, 'Sent', 'Pending');
  });

  it('of several parts is one message whose parts the phone can join', async () => {
    const body = `${'Long words. '.repeat(30)}The end.`;
    const before = peer.taken().length;
    await reads(await send(phone(), body), 'Sent', 'Delivered');
    const parts = peer.taken().slice(before);
    expect(parts.map((part) => [part[4], part[5]])).toEqual([1, 2, 3].map((part) => [3, part]));
    expect(parts.map((part) => part.subarray(6).toString('latin1')).join('')).toBe(body);
  });

  it.each(['throttle', 'full'])('waits while the SMSC says "%s", keeps its place in the conversation and is taken once', async (word) => {
    const to = phone();
    const texts = [`${word} first`, `${word} second`, `third after ${word}s`];
    const ids: string[] = [];
    for (const body of texts) ids.push(await send(to, body));
    for (const id of ids) await reads(id, 'Sent', 'Delivered');
    const order = peer.taken().map((octets) => octets.toString('latin1'));
    expect(order.filter((body) => texts.includes(body))).toEqual(texts);
  });

  it('that was cut off is unknown, says so, and is never sent again: neither what the SMSC took nor what it did not', async () => {
    const texts = [
      ['cut-before quiet', 0],
      ['cut-after quiet', 1],
    ] as const;
    for (const [body, taken] of texts) {
      const id = await send(phone(), body);
      await reads(id, 'Unknown', null);
      expect((await stateOf(id))?.ErrorText__c).toContain('may have been sent');
      await linkIsBack();
      await reads(id, 'Unknown', null);
      expect(times(body)).toEqual({ submitted: 1, taken });
    }
  });

  it('that was cut off after the SMSC took it is settled by its receipt on the next bind', async () => {
    const id = await send(phone(), 'cut-after words');
    await reads(id, 'Sent', 'Delivered');
    expect((await stateOf(id))?.ErrorText__c).toBeNull();
    expect(times('cut-after words')).toEqual({ submitted: 1, taken: 1 });
  });

  it('that comes in in parts, one of them twice and none in its place, is one message of the org', async () => {
    const from = phone();
    await reads(await send(from, 'parts please'), 'Sent', 'Delivered');
    const received = async () =>
      (
        await soql<{ Body__c: string }>(
          stack,
          ADMIN,
          `SELECT Body__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${from}' AND Direction__c = 'Inbound'`,
        )
      ).map((row) => row.Body__c);
    await expect.poll(received).toEqual(['привет 🙂 мир']);
  });

  it(
    'that was on its way when the service was killed is unknown and not sent again, and its receipt settles it',
    { timeout: 200_000 },
    async () => {
      const body = 'hold slow=8000';
      const id = await send(phone(), body);
      await happens('the SMSC has it', () => times(body).taken === 1);
      // In the org as well, so that its lane is not left with a lease of two minutes.
      await reads(id, 'Sending', null);
      await stack.service.kill();
      await stack.startService();
      await reads(id, 'Unknown', null);
      await linkIsBack();
      await reads(id, 'Unknown', null);
      await send(phone(), 'release');
      await reads(id, 'Sent', 'Delivered');
      expect(times(body)).toEqual({ submitted: 1, taken: 1 });
    },
  );
});
