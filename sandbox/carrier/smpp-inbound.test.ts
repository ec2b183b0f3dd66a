import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OUR_SMPP, createStopper, eventually, testCarrier, testLink } from './test-helpers.ts';
import type { TestCarrier } from './test-helpers.ts';

const PHONE = '+447700900111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

const write = (carrier: TestCarrier, body: string): Promise<unknown> =>
  carrier.post('/__sandbox/inbound', { from: PHONE, to: OUR_SMPP, body });
const drained = (carrier: TestCarrier): Promise<unknown> =>
  eventually('everything taken', async () => (await carrier.get('/__sandbox/smsc')).waiting === 0);

describe('texts from phones over SMPP', () => {
  it('are asked for again when they could not be stored', async () => {
    const carrier = stopper.add(await testCarrier());
    let failures = 2;
    const link = stopper.add(
      testLink(
        carrier.smppPort,
        {},
        {
          onInbound: async () => {
            failures -= 1;
            if (failures >= 0) throw new Error('the database is away');
          },
        },
      ),
    );
    await link.bound();
    await write(carrier, 'third time');
    await drained(carrier);
    expect(link.inbound.map((message) => message.text)).toEqual(['third time']);
    expect((await carrier.get('/__sandbox/calls')).byRoute).not.toHaveProperty('SMPP smpp:submit_sm');
  });

  it('come again on the next bind when the reply was lost, and say so', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    await carrier.fault('smpp:deliver_sm', { drop: 'after' }, { times: 1 });
    await write(carrier, 'twice');
    await drained(carrier);
    expect(link.inbound.map((message) => message.text)).toEqual(['twice', 'twice']);
    const [first, second] = link.inbound;
    expect(first?.bindId).not.toBe(second?.bindId);
    expect(first?.deliveryId).not.toBe(second?.deliveryId);
    // The first reply can no longer be confirmed; the second is, without anything else going on.
    await eventually('the confirmation', () => link.confirmed.length > 0);
    expect(link.confirmed).toEqual([second?.deliveryId]);
  });

  it('of one phone are stored in their order, others do not wait for them', async () => {
    const carrier = stopper.add(await testCarrier());
    let slow = (): void => undefined;
    const stored: string[] = [];
    const link = stopper.add(
      testLink(
        carrier.smppPort,
        {},
        {
          onInbound: async (message) => {
            if (message.text === 'a1') await new Promise<void>((resolve) => (slow = resolve));
            stored.push(message.text);
          },
        },
      ),
    );
    await link.bound();
    await write(carrier, 'a1');
    await write(carrier, 'a2');
    await carrier.post('/__sandbox/inbound', { from: '+447700900222', to: OUR_SMPP, body: 'b1' });
    await eventually('the other phone', () => stored.length === 1);
    slow();
    await drained(carrier);
    expect(stored).toEqual(['b1', 'a1', 'a2']);
  });

  it('wait at the carrier while nobody is bound, and come when the link is back', async () => {
    const carrier = stopper.add(await testCarrier());
    await write(carrier, 'anyone?');
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages[0].status).toContain('not connected');
    const link = stopper.add(testLink(carrier.smppPort));
    await drained(carrier);
    expect(link.inbound.map((message) => message.text)).toEqual(['anyone?']);
  });

  it('of 300 generated people all arrive, each once', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    await carrier.post('/__sandbox/seed', { kind: 'smpp', count: 300, seed: 'crowd' });
    await drained(carrier);
    expect(new Set(link.inbound.map((message) => message.text)).size).toBe(300);
    expect(link.inbound).toHaveLength(300);
    expect(link.inbound.every((message) => /^\+\d+$/.test(message.from))).toBe(true);
    await expect(carrier.post('/__sandbox/seed', { kind: 'pigeon', count: 1 })).rejects.toThrow(/422/);
  });

  it('are not receipts, whatever they look like', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const forged = 'id:1 sub:001 dlvrd:001 submit date:2611220640 done date:2611220641 stat:DELIVRD err:000 text:';
    await write(carrier, forged);
    await drained(carrier);
    expect(link.inbound.map((message) => message.text)).toEqual([forged]);
    expect(link.receipts).toEqual([]);
  });
});

describe('closing the link', () => {
  it('lets running work finish, unbinds and says closed', async () => {
    const carrier = stopper.add(await testCarrier());
    let store: (() => void) | undefined;
    const onInbound = (): Promise<void> => new Promise((resolve) => (store = resolve));
    const link = stopper.add(testLink(carrier.smppPort, {}, { onInbound }));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { latencyMs: 100 });
    const outcome = link.submit({ from: OUR_SMPP, to: PHONE, text: 'on its way', wantReceipt: false });
    await write(carrier, 'just in');
    const finish = await eventually('the handler runs', () => store);
    await eventually('the submit is out', async () => (await carrier.get('/__sandbox/calls')).byRoute['SMPP smpp:submit_sm'] === 1);

    const closing = link.close();
    finish();
    await closing;

    expect(await outcome).toMatchObject({ kind: 'accepted' });
    expect(link.inbound.map((message) => message.text)).toEqual(['just in']);
    expect((await carrier.get('/__sandbox/smsc')).waiting).toBe(0);
    expect((await carrier.get('/__sandbox/calls')).byRoute['SMPP smpp:unbind']).toBe(1);
    expect(link.states.at(-1)).toMatchObject({ state: 'closed' });
    expect(await link.submit({ from: OUR_SMPP, to: PHONE, text: 'too late' })).toMatchObject({ kind: 'not-sent' });
  });
});

describe('the carrier restarts', () => {
  it('keeps conversations, waiting texts and webhook addresses in its file, and the link binds again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'carrier-'));
    stopper.add({ close: () => rmSync(folder, { recursive: true }) });
    const file = join(folder, 'new', 'state.json');
    const first = await testCarrier({ file });
    const link = stopper.add(testLink(first.smppPort));
    await link.bound();
    await link.submit({ from: OUR_SMPP, to: PHONE, text: 'before', wantReceipt: false });
    await first.fault('smpp:deliver_sm', { drop: 'before' });
    await write(first, 'длинный '.repeat(20));
    await first.close();

    const second = stopper.add(await testCarrier({ file, smppPort: first.smppPort }));
    await link.bound();
    await drained(second);
    expect(link.inbound.map((message) => message.text).join('')).toBe('длинный '.repeat(20));
    expect((await second.get(`/__sandbox/phones/${PHONE}`)).counts).toMatchObject({ received: 1, sent: 1 });
  });
});
