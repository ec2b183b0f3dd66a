/** The sandbox's SMSC judged by a client that other people wrote: what it takes, refuses, reports and loses is as Kannel expects of an SMSC. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, testCarrier, type TestCarrier } from '../../sandbox/carrier/test-helpers.ts';
import { hasKannel, startKannel, type Kannel } from './kannel.ts';

const [PLAIN, PAIR, MIXED] = ['+447700900201', '+447700900202', '+447700900203'];
const numbers = (number: string) => [{ number, label: '' }];
const ACCOUNTS = {
  twilio: [],
  smpp: [
    { kind: 'smpp', systemId: 'plain', password: 'secret', numbers: numbers(PLAIN) },
    { kind: 'smpp', systemId: 'pair', password: 'secret', numbers: numbers(PAIR) },
    { kind: 'smpp', systemId: 'mixed', password: 'secret', numbers: numbers(MIXED) },
    { kind: 'smpp', systemId: 'locked', password: 'other', numbers: [] },
  ],
} as const;
const [TAKEN, REFUSED, DELIVERED, UNDELIVERED] = [8, 16, 1, 2];

let carrier: TestCarrier;
let kannel: Kannel;
/** How many of its connections are bound when nothing is wrong: all but the one with the wrong password. */
let connections = 4;
let people = 0;
/** A phone that no other test uses. */
const phone = (): string => `+4477009${String(10_000 + (people += 1))}`;

interface Seen {
  counts: { received: number; duplicateParts: number; incompleteMessages: number };
  messages: { body: string; parts: number; status: string; direction: string }[];
}
const seen = (number: string): Promise<Seen> => carrier.get(`/__sandbox/phones/${number}`);
const bodies = async (number: string): Promise<string[]> =>
  (await seen(number)).messages.filter(({ direction }) => direction === 'received').map(({ body }) => body);
const calls = async (command: string): Promise<number> => (await carrier.get('/__sandbox/calls')).byRoute[`SMPP smpp:${command}`] ?? 0;
const sessions = async (): Promise<number> =>
  (await carrier.get('/__sandbox/smsc')).sessions.filter((one: { systemId: string | null }) => one.systemId).length;
const write = (from: string, to: string, body: string): Promise<unknown> => carrier.post('/__sandbox/inbound', { from, to, body });
const send = (to: string, text: string, smsc = 'plain', from: string = PLAIN): Promise<void> =>
  kannel.send({ smsc, from, to, text, name: text });
const reported = (name: string, kinds: number[]): Promise<unknown> =>
  eventually(`reports on ${name}`, () => kinds.every((kind) => kannel.reports(name).includes(kind)));

describe.skipIf(!hasKannel)('Kannel as a client of the sandbox carrier (skipped without the Debian package kannel)', () => {
  beforeAll(async () => {
    carrier = await testCarrier({ accounts: ACCOUNTS, smsc: { receiptDelayMs: 50 } });
    kannel = await startKannel(carrier.smppPort, [
      { id: 'plain', password: 'secret', binds: 'one' },
      { id: 'pair', password: 'secret', binds: 'two' },
      // Ids are hexadecimal in answers and decimal in receipts.
      { id: 'mixed', password: 'secret', binds: 'one', more: 'msg-id-type = 0x01' },
      { id: 'locked', password: 'secret', binds: 'one' },
    ]);
    await eventually('all connections are bound', async () => (await sessions()) === connections);
  });
  afterAll(async () => {
    await kannel?.stop();
    await carrier?.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(kannel.log().slice(-3_000));
    await fetch(`${carrier.url}/__sandbox/faults`, { method: 'DELETE' });
    await eventually('Kannel is bound again', async () => (await sessions()) === connections);
  });

  it('sends a text, and hears once that it was taken and once that it was delivered', async () => {
    const to = phone();
    await send(to, 'Hello @{}');
    await reported('Hello @{}', [TAKEN, DELIVERED]);
    expect(kannel.reports('Hello @{}')).toHaveLength(2);
    expect(await bodies(to)).toEqual(['Hello @{}']);
  });

  it('sends under a name, and is refused numbers that are not its own or not to be reached', async () => {
    const [to, off] = [phone(), phone()];
    await send(to, 'by name', 'plain', 'Switchboard');
    await reported('by name', [TAKEN, DELIVERED]);
    await send(to, 'not ours', 'plain', PAIR);
    await reported('not ours', [REFUSED]);
    await send('+15005550001', 'no number');
    await reported('no number', [REFUSED]);
    await carrier.post(`/__sandbox/phones/${off}`, { behaviour: 'unreachable' });
    await send(off, 'switched off');
    await reported('switched off', [TAKEN, UNDELIVERED]);
    expect(await bodies(to)).toEqual(['by name']);
  });

  it.each([
    ['GSM', 'Four hundred characters. '.repeat(16)],
    ['Unicode', 'Четыреста букв 🙂 '.repeat(24)],
  ])('sends a long text in parts that the phone joins (%s)', async (_alphabet, text) => {
    const to = phone();
    await send(to, text);
    const { messages, counts } = await eventually('the text', async () => {
      const now = await seen(to);
      return now.counts.received > 0 ? now : undefined;
    });
    expect(messages).toMatchObject([{ body: text }]);
    expect(messages[0]?.parts).toBeGreaterThan(2);
    expect(counts).toMatchObject({ received: 1, duplicateParts: 0, incompleteMessages: 0 });
  });

  it.each([
    ['one bind', PLAIN],
    ['two binds', PAIR],
  ])('receives texts whole, however the SMSC cuts them, over %s', async (_binds, to) => {
    const from = phone();
    const texts = ['Short {€}'];
    await write(from, to, 'Short {€}');
    for (const longInbound of ['udh8', 'udh16', 'sar', 'payload']) {
      await carrier.post('/__sandbox/smsc', { longInbound });
      for (const text of [`${longInbound} in GSM {€} `.repeat(20), `${longInbound} буквами 🙂 `.repeat(12)]) {
        texts.push(text);
        await write(from, to, text);
      }
    }
    await eventually('all texts', () => kannel.texts(from).length === texts.length);
    expect(new Set(kannel.texts(from))).toEqual(new Set(texts));
    await eventually('the SMSC knows', async () => (await seen(from)).messages.every(({ status }) => status === 'Delivered'));
  });

  it('gets receipts on its receiver for what its transmitter sent', async () => {
    const to = phone();
    await send(to, 'over two binds', 'pair', PAIR);
    await reported('over two binds', [TAKEN, DELIVERED]);
    expect(await bodies(to)).toEqual(['over two binds']);
    expect([await calls('bind_transmitter'), await calls('bind_receiver')]).toEqual([1, 1]);
  });

  it('matches receipts whose ids are spelt otherwise than in the answer', async () => {
    const to = phone();
    await carrier.post('/__sandbox/smsc', { responseIds: 'hex', receiptIds: 'decimal' });
    await send(to, 'hex and decimal', 'mixed', MIXED);
    await reported('hex and decimal', [TAKEN, DELIVERED]);
    await carrier.post('/__sandbox/smsc', { responseIds: 'decimal' });
  });

  it.each([
    ['throttled', 0x58],
    ['told that the queue is full', 0x14],
  ])('waits and sends again when %s, and each text arrives once', async (name, status) => {
    const to = phone();
    const texts = [`${name} 1`, `${name} 2`, `${name} 3`];
    await carrier.fault('smpp:submit_sm', { status }, { times: 2 });
    const before = await calls('submit_sm');
    for (const text of texts) await send(to, text);
    for (const text of texts) await reported(text, [DELIVERED]);
    expect((await bodies(to)).sort()).toEqual(texts);
    expect((await calls('submit_sm')) - before).toBe(texts.length + 2);
  });

  it('is held to the rate of its account, and in the end each text has arrived once', async () => {
    const to = phone();
    await carrier.post('/__sandbox/smsc', { ratePerSecond: 3 });
    const texts = Array.from({ length: 5 }, (_, index) => `rate ${index}`);
    const before = await calls('submit_sm');
    for (const text of texts) await send(to, text);
    for (const text of texts) await reported(text, [DELIVERED]);
    expect((await bodies(to)).sort()).toEqual(texts);
    expect((await calls('submit_sm')) - before).toBeGreaterThan(texts.length);
    await carrier.post('/__sandbox/smsc', { ratePerSecond: 0 });
  });

  it.each([
    ['before the SMSC took it', 'before', 1],
    ['after the SMSC took it', 'after', 2],
  ] as const)('sends again what was cut off %s: the phone shows what really happened', async (name, drop, times) => {
    const to = phone();
    await carrier.fault('smpp:submit_sm', { drop }, { times: 1 });
    await send(to, `cut ${name}`);
    await reported(`cut ${name}`, [TAKEN, DELIVERED]);
    expect(await bodies(to)).toEqual(Array.from({ length: times }, () => `cut ${name}`));
  });

  it('binds again after a cut; what the SMSC kept meanwhile comes then, and what it could not see confirmed comes again', async () => {
    const [from, to] = [phone(), phone()];
    await carrier.post('/__sandbox/smsc', { receiptDelayMs: 300 });
    await send(to, 'receipt comes late');
    await reported('receipt comes late', [TAKEN]);
    const before = await calls('bind_transceiver');
    await carrier.post('/__sandbox/smsc/cut', { systemId: 'plain' });
    await write(from, PLAIN, 'while you were away');
    await eventually('the text', () => kannel.texts(from).length === 1);
    await reported('receipt comes late', [DELIVERED]);
    expect((await calls('bind_transceiver')) - before).toBe(1);
    await carrier.post('/__sandbox/smsc', { receiptDelayMs: 50 });

    await carrier.fault('smpp:deliver_sm', { drop: 'after' }, { times: 1 });
    await write(from, PLAIN, 'answer lost');
    await eventually('the text again', () => kannel.texts(from).length === 3);
    expect(kannel.texts(from)).toEqual(['while you were away', 'answer lost', 'answer lost']);
  });

  it('is told that its password is wrong, and gives up', async () => {
    await eventually('Kannel says so', () => /SMPP\[locked\].*Invalid Password/.test(kannel.log()));
    expect(await kannel.status('locked')).not.toContain('online');
    const { items } = (await carrier.get('/__sandbox/calls')) as { items: { user: string; count: number }[] };
    expect(items.filter(({ user }) => user === 'locked')).toMatchObject([{ count: 1 }]);
  });

  it('is proved alive and proves the SMSC alive, and signs off in the end', async () => {
    await eventually('enquire_link', async () => (await calls('enquire_link')) > 0);
    await kannel.stop();
    connections = 0;
    await eventually('all sessions are over', async () => (await sessions()) === 0);
    expect(await calls('unbind')).toBe(4);
  });
});
