import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { messageIdKey, tryBind } from '../../service/src/gateways/smpp/index.ts';
import { OUR_SMPP, createStopper, eventually, testCarrier, testLink } from './test-helpers.ts';

const PHONE = '+447700900111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

const one = (text = 'Hello'): { from: string; to: string; text: string } => ({ from: OUR_SMPP, to: PHONE, text });
const THROTTLED = 0x58;
const QUEUE_FULL = 0x14;

describe('a cut around a submit', () => {
  it('before and after the work is unknown; only the second reached the phone; the link binds again', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    for (const [drop, received] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      await carrier.fault('smpp:submit_sm', { drop }, { times: 1 });
      const outcome = await link.submit(one(drop));
      expect(outcome).toMatchObject({ kind: 'unknown', acceptedIds: [], nextPart: 1, why: expect.stringContaining('connection was lost') });
      expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).counts.received).toBe(received);
      await link.bound();
    }
    expect(await link.submit(one('third'))).toMatchObject({ kind: 'accepted' });
    // The receipt of the message in doubt still comes, on the new bind.
    await eventually('both receipts', () => link.receipts.length === 2);
    expect(new Set(link.receipts.map((receipt) => receipt.bindId)).size).toBe(1);
  });

  it('in the middle of a long text tells which part is in doubt, and the rest can follow with the same reference', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const text = 'part after part '.repeat(60);
    await carrier.fault('smpp:submit_sm', { drop: 'before' }, { times: 1, after: 3 });

    const outcome = await link.submit(one(text));

    expect(outcome).toMatchObject({ kind: 'unknown', acceptedIds: { length: 3 }, nextPart: 4 });
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).counts).toMatchObject({ received: 0, incompleteMessages: 1 });
    await link.bound();
    if (outcome.kind !== 'unknown') throw new Error('not reached');
    const rest = await link.submit({ ...one(text), startPart: outcome.nextPart, reference: outcome.reference });
    expect(rest).toMatchObject({ kind: 'accepted', ids: { length: 4 } });
    const { messages, counts } = await carrier.get(`/__sandbox/phones/${PHONE}`);
    expect(counts).toEqual({ received: 1, sent: 0, duplicateParts: 0, incompleteMessages: 0 });
    expect(messages[0].body).toBe(text);
  });

  it('settles every open submit when the socket is killed, and sends nothing that waits', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort, { window: 3 }));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { latencyMs: 60_000 });
    const outcomes = Promise.all(Array.from({ length: 5 }, (_, index) => link.submit(one(`${index}`))));
    await eventually('three are open', async () => (await carrier.get('/__sandbox/smsc')).maxOpen === 3);
    await carrier.post('/__sandbox/smsc/cut');
    expect((await outcomes).map((outcome) => outcome.kind)).toEqual(['unknown', 'unknown', 'unknown', 'not-sent', 'not-sent']);
    await link.bound();
    expect(link.load()).toEqual({ inFlight: 0, waiting: 0 });
  });
});

describe('an SMSC that answers late or never', () => {
  it('is unknown after the timeout, and the late answer is handed on', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort, { responseTimeoutMs: 100 }));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { latencyMs: 300 }, { times: 1 });
    expect(await link.submit({ ...one(), key: 'm1' })).toMatchObject({ kind: 'unknown', why: 'no answer within 100 ms' });
    const late = await eventually('the late answer', () => link.late[0]);
    expect(late).toMatchObject({ key: 'm1', part: 1, outcome: { kind: 'accepted', id: expect.stringMatching(/^\d+$/) } });
  });

  it('is cut off when it no longer answers enquire_link, and bound again', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort, { responseTimeoutMs: 100, enquireLinkMs: 30 }));
    await link.bound();
    await carrier.fault('smpp:enquire_link', { latencyMs: 60_000 }, { times: 1 });
    await eventually('lost', () => link.states.some((state) => /no longer answers/.test(state.text)));
    await link.bound();
    expect(await link.submit(one())).toMatchObject({ kind: 'accepted' });
  });

  it('gets an answer to its own enquire_link', async () => {
    const carrier = stopper.add(await testCarrier({ smsc: { enquireLinkMs: 20 } }));
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const [{ id }] = (await carrier.get('/__sandbox/smsc')).sessions;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await carrier.get('/__sandbox/smsc')).sessions).toMatchObject([{ id }]);
    expect(await link.submit(one())).toMatchObject({ kind: 'accepted' });
  });
});

describe('too fast', () => {
  it.each([THROTTLED, QUEUE_FULL])('pauses the bind after 0x%s and then goes on', async (status) => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { status }, { times: 1 });
    expect(await link.submit(one('first'))).toMatchObject({ kind: 'throttled', retryAfterMs: expect.any(Number), nextPart: 1 });
    // Others are sent back too, so that the caller can keep the order.
    const second = await link.submit(one('second'));
    expect(second).toMatchObject({ kind: 'throttled' });
    expect((await carrier.get('/__sandbox/calls')).byRoute['SMPP smpp:submit_sm']).toBe(1);
    if (second.kind === 'throttled') await new Promise((resolve) => setTimeout(resolve, second.retryAfterMs));
    expect(await link.submit(one('first'))).toMatchObject({ kind: 'accepted' });
  });

  it('in the middle of a long text resumes where it stopped', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { status: THROTTLED }, { times: 2, after: 4 });
    const text = 'длинный '.repeat(50);
    let outcome = await link.submit(one(text));
    const ids = outcome.kind === 'accepted' ? [...outcome.ids] : [...outcome.acceptedIds];
    expect(outcome).toMatchObject({ kind: 'throttled', nextPart: 5 });
    while (outcome.kind === 'throttled') {
      const { retryAfterMs, nextPart, reference } = outcome;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      outcome = await link.submit({ ...one(text), startPart: nextPart, reference });
      ids.push(...(outcome.kind === 'accepted' ? outcome.ids : outcome.acceptedIds));
    }
    expect(outcome.kind).toBe('accepted');
    const { messages, counts } = await carrier.get(`/__sandbox/phones/${PHONE}`);
    expect(counts).toMatchObject({ received: 1, duplicateParts: 0 });
    expect(messages[0]).toMatchObject({ body: text, parts: ids.length });
  });

  it('never has more submits open than the window allows', async () => {
    const carrier = stopper.add(await testCarrier({ smsc: { windowLimit: 4 } }));
    const link = stopper.add(testLink(carrier.smppPort, { window: 4 }));
    await link.bound();
    await carrier.fault('smpp:submit_sm', { latencyMs: 5 });
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, index) => link.submit(one(`${index}`))));
    expect(outcomes.every((outcome) => outcome.kind === 'accepted')).toBe(true);
    expect((await carrier.get('/__sandbox/smsc')).maxOpen).toBe(4);
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages.map((message: { body: string }) => message.body)).toEqual(
      Array.from({ length: 100 }, (_, index) => `${index}`),
    );
  });
});

describe('refusals', () => {
  it('tell whether trying again makes sense', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    for (const [status, code, permanent] of [
      [0x08, 'ESME_RSYSERR', false],
      [0x45, 'ESME_RSUBMITFAIL', false],
      [0x0b, 'ESME_RINVDSTADR', true],
      [0x400, '0x00000400', true],
    ] as const) {
      await carrier.fault(
        'smpp:submit_sm',
        { status: Math.min(status, 599) === status ? status : undefined, body: { commandStatus: status } },
        { times: 1 },
      );
      expect(await link.submit(one())).toMatchObject({ kind: 'rejected', code, status, permanent });
    }
  });

  it('of the password fail the link with its cause and are not repeated in haste', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort, { password: 'wrong' }));
    const failed = await eventually('failed', () => link.states.find((state) => state.state === 'failed'));
    expect(failed.text).toBe('The carrier refused the password. Check the password of this carrier account. Next try in 5 minutes.');
    expect(await link.submit(one())).toMatchObject({ kind: 'not-sent', why: expect.stringContaining('refused the password') });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await carrier.get('/__sandbox/calls')).byRoute['SMPP smpp:bind_transceiver']).toBe(1);
    link.reconnectNow();
    await eventually('a second try', async () => (await carrier.get('/__sandbox/calls')).byRoute['SMPP smpp:bind_transceiver'] === 2);
  });

  it('tryBind tells right from wrong settings', async () => {
    const carrier = stopper.add(await testCarrier());
    const options = { host: '127.0.0.1', port: carrier.smppPort, systemId: 'switchboard', password: 'sandbox' };
    expect(await tryBind(options)).toEqual({ ok: true, text: 'Connected and signed in.' });
    expect(await tryBind({ ...options, systemId: 'nobody' })).toEqual({ ok: false, text: expect.stringContaining('system id') });
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    expect(await tryBind({ ...options, port })).toEqual({ ok: false, text: expect.stringContaining('ECONNREFUSED') });
    expect(await tryBind({ ...options, port: carrier.port, responseTimeoutMs: 300 })).toMatchObject({ ok: false });
  });
});

describe('receipts', () => {
  it.each([
    ['decimal', 'hex'],
    ['hex', 'decimal'],
    ['HEX', 'hex'],
    ['leading-zeros', 'decimal'],
    ['decimal', 'leading-zeros'],
    ['uuid', 'uuid'],
  ] as const)('match ids given as %s and reported as %s', async (responseIds, receiptIds) => {
    const carrier = stopper.add(await testCarrier({ smsc: { responseIds, receiptIds } }));
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => link.submit(one(`${index}`))));
    const ids = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? outcome.ids : []));
    await eventually('all receipts', () => link.receipts.length === 20);
    const matched = link.receipts.map(({ candidates }) => candidates.flatMap((key) => ids.filter((id) => messageIdKey(id) === key))[0]);
    expect(new Set(matched)).toEqual(new Set(ids));
  });

  it.each([
    ['text', 'ucs2'],
    ['text', 'latin1'],
    ['tlv', 'default'],
    ['both', 'ucs2'],
  ] as const)('are read from %s in %s', async (receiptForm, receiptCoding) => {
    const carrier = stopper.add(await testCarrier({ smsc: { receiptForm, receiptCoding } }));
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const outcome = await link.submit({ ...one(), to: '+15005550092' });
    const receipt = await eventually('the receipt', () => link.receipts[0]);
    expect(receipt).toMatchObject({ messageId: outcome.kind === 'accepted' ? outcome.ids[0] : '', status: 'undelivered', stat: 'UNDELIV' });
    expect(receipt.errorCode).toBe(receiptForm === 'text' ? '002' : 'gsm:2');
  });

  it('come on another bind, before the answer, and late', async () => {
    const carrier = stopper.add(await testCarrier({ smsc: { receiptBind: 'other', receiptDelayMs: 0 } }));
    const link = stopper.add(testLink(carrier.smppPort));
    const other = stopper.add(testLink(carrier.smppPort));
    await Promise.all([link.bound(), other.bound()]);
    const outcome = await link.submit(one());
    const receipt = await eventually('the receipt on the other bind', () => other.receipts[0]);
    expect(receipt.messageId).toBe(outcome.kind === 'accepted' ? outcome.ids[0] : '');
    expect(link.receipts).toEqual([]);
    await other.close();

    // Late: the client was away when it was due.
    await link.submit(one('late'));
    await link.close();
    const again = stopper.add(testLink(carrier.smppPort));
    await eventually('the late receipt', () => again.receipts.length + link.receipts.length === 1);
  });

  it('that come before the answer to the submit are handed on', async () => {
    const carrier = stopper.add(await testCarrier({ smsc: { receiptDelayMs: 0, answerDelayMs: 300 } }));
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const order: string[] = [];
    const outcome = link.submit(one()).then((result) => {
      order.push('answer');
      return result;
    });
    await eventually('the early receipt', () => link.receipts[0]);
    order.push('receipt');
    expect(await outcome).toMatchObject({ kind: 'accepted', ids: [link.receipts[0]?.messageId] });
    expect(order).toEqual(['receipt', 'answer']);
  });

  it('are asked for only when wanted', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    await link.submit({ ...one(), wantReceipt: false });
    await link.submit(one());
    await eventually('one receipt', () => link.receipts.length === 1);
    expect((await carrier.get('/__sandbox/smsc')).waiting).toBe(0);
  });
});
