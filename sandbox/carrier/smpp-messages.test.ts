import { afterEach, describe, expect, it } from 'vitest';
import { joinParts, messageIdKey } from '../../service/src/gateways/smpp/index.ts';
import { OUR_SMPP, createStopper, eventually, testCarrier, testLink } from './test-helpers.ts';

const PHONE = '+447700900111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

describe('texts over SMPP', () => {
  it('sends one to a phone and gets its receipt', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();

    const outcome = await link.submit({ from: OUR_SMPP, to: PHONE, text: 'Zażółć gęślą jaźń 😀 @£€' });

    expect(outcome).toMatchObject({ kind: 'accepted', ids: [expect.stringMatching(/^\d+$/)] });
    const report = await carrier.get(`/__sandbox/phones/${PHONE}`);
    expect(report).toMatchObject({ counts: { received: 1, sent: 0 } });
    expect(report.messages[0]).toMatchObject({ body: 'Zażółć gęślą jaźń 😀 @£€', company: OUR_SMPP, carrier: 'smpp', parts: 1 });
    const receipt = await eventually('the receipt', () => link.receipts[0]);
    expect(receipt).toMatchObject({ status: 'delivered', stat: 'DELIVRD', errorCode: null, from: PHONE, to: OUR_SMPP });
    expect(receipt.candidates).toContain(messageIdKey(outcome.kind === 'accepted' ? (outcome.ids[0] ?? '') : ''));
  });

  it('receives one and answers the carrier only after it is stored', async () => {
    const carrier = stopper.add(await testCarrier());
    let store = (): void => undefined;
    const stored = new Promise<void>((resolve) => (store = resolve));
    const link = stopper.add(testLink(carrier.smppPort, {}, { onInbound: () => stored }));
    await link.bound();

    await carrier.post('/__sandbox/inbound', { carrier: 'smpp', from: PHONE, to: OUR_SMPP, body: 'Hello ŁÓDŹ 👨‍👩‍👧‍👦' });
    await eventually('the carrier waits', async () => (await carrier.get('/__sandbox/smsc')).waiting === 1);
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages[0].status).toBe('Sending…');

    store();
    await eventually('the carrier is answered', async () => (await carrier.get('/__sandbox/smsc')).waiting === 0);
    expect(link.inbound).toMatchObject([{ from: PHONE, to: OUR_SMPP, text: 'Hello ŁÓDŹ 👨‍👩‍👧‍👦', charset: 'UCS-2' }]);
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages[0].status).toBe('Delivered');
  });

  it.each([
    ['10,000 characters of GSM', 'abcde{€}fg '.repeat(910).slice(0, 10_000)],
    ['Unicode with joined emoji', 'Привет 👨‍👩‍👧‍👦 мир 😀 '.repeat(60)],
  ])('carries long texts out whole: %s', async (_name, text) => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();

    const outcome = await link.submit({ from: OUR_SMPP, to: PHONE, text });

    const { messages, counts } = await carrier.get(`/__sandbox/phones/${PHONE}`);
    expect(counts).toEqual({ received: 1, sent: 0, duplicateParts: 0, incompleteMessages: 0 });
    expect(messages[0].body).toBe(text);
    expect(outcome).toMatchObject({ kind: 'accepted', ids: { length: messages[0].parts } });
    await eventually('one receipt per part', () => link.receipts.length === messages[0].parts);
  });

  it.each(['udh8', 'udh16', 'sar', 'payload'] as const)('takes long texts in, joined by %s', async (longInbound) => {
    const carrier = stopper.add(await testCarrier({ smsc: { longInbound } }));
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    for (const body of ['GSM text with {braces} and € '.repeat(30), 'Юникод 😀 '.repeat(50)]) {
      await carrier.post('/__sandbox/inbound', { from: PHONE, to: OUR_SMPP, body });
      await eventually('all parts taken', async () => (await carrier.get('/__sandbox/smsc')).waiting === 0);
      const parts = link.inbound.splice(0).sort((a, b) => (a.concatenation?.part ?? 1) - (b.concatenation?.part ?? 1));
      expect(joinParts(parts)).toBe(body);
      if (longInbound === 'payload') {
        expect(parts).toHaveLength(1);
      } else {
        expect(new Set(parts.map((part) => part.concatenation?.reference)).size).toBe(1);
        expect(parts.map((part) => part.concatenation?.part)).toEqual(parts.map((_, index) => index + 1));
        expect(parts.every((part) => part.concatenation?.total === parts.length)).toBe(true);
      }
    }
  });

  it('accepts short codes and sender names by the rules of the account, and refuses what is neither', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    expect(await link.submit({ from: 'Switchboard', to: PHONE, text: 'by name' })).toMatchObject({ kind: 'accepted' });
    expect(await link.submit({ from: '12345', to: PHONE, text: 'by code' })).toMatchObject({
      kind: 'rejected',
      code: 'ESME_RINVSRCADR',
      permanent: true,
    });
    expect(await link.submit({ from: 'longer than eleven', to: PHONE, text: 'x' })).toMatchObject({
      kind: 'rejected',
      code: 'invalid_message',
    });
    expect(await link.submit({ from: OUR_SMPP, to: 'nobody', text: 'x' })).toMatchObject({ kind: 'rejected', code: 'invalid_message' });
    expect(await link.submit({ from: OUR_SMPP, to: PHONE, text: 'я'.repeat(67 * 255 + 1) })).toMatchObject({
      kind: 'rejected',
      code: 'invalid_message',
    });
  });

  it('reports the numbers that fail as the network would', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    expect(await link.submit({ from: OUR_SMPP, to: '+15005550001', text: 'x' })).toMatchObject({
      kind: 'rejected',
      code: 'ESME_RINVDSTADR',
      permanent: true,
    });
    expect(await link.submit({ from: OUR_SMPP, to: '+15005550091', text: 'x' })).toMatchObject({ kind: 'accepted' });
    const receipt = await eventually('the receipt', () => link.receipts[0]);
    expect(receipt).toMatchObject({ status: 'undelivered', stat: 'UNDELIV', errorCode: 'gsm:1' });
  });
});
