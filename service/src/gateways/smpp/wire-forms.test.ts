import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromWire, toWire } from './addresses.ts';
import { concatenationHeader, fromSar, splitHeader } from './concatenation.ts';
import { createLimiter } from './limiter.ts';
import { messageIdCandidates, messageIdKey } from './message-id.ts';
import { readReceipt } from './receipt.ts';
import { decodeText, joinParts } from './text-coding.ts';

describe('addresses', () => {
  it.each([
    ['+447700900100', { address: '447700900100', ton: 1, npi: 1 }],
    ['12345', { address: '12345', ton: 0, npi: 0 }],
    ['Switchboard', { address: 'Switchboard', ton: 5, npi: 0 }],
    ['Twelve chars', null],
    ['+0123', null],
    ['Zażółć', null],
    ['', null],
  ])('%j goes out as %j', (number, wire) => expect(toWire(number)).toEqual(wire));

  it('follows the rules of the account', () => {
    expect(toWire('12345', { shortCode: { ton: 3, npi: 1 } })).toEqual({ address: '12345', ton: 3, npi: 1 });
  });

  it.each([
    ['447700900111', 1, '+447700900111'],
    ['447700900111', 0, '+447700900111'],
    ['+447700900111', 0, '+447700900111'],
    ['00447700900111', 0, '+447700900111'],
    ['07700900111', 2, '07700900111'],
    ['12345', 0, '12345'],
    ['+12345', 1, '12345'],
    ['Bank', 5, 'Bank'],
    ['44770\u00000900111', 1, '+447700900111'],
    ['Ba\u0000nk\u0007\u007f', 5, 'Bank'],
    ['\u0000', 1, ''],
  ])('%j of type %i reads as %j', (address, ton, number) => expect(fromWire(address, ton)).toBe(number));
});

describe('message ids', () => {
  it.each([
    ['0012ABcd', ['12abcd', '1223629']],
    ['100', ['100', '64', '256']],
    ['  7 ', ['7']],
    ['000', ['0']],
    ['', []],
    ['6f1c-uuid', ['6f1c-uuid']],
  ])('%j is looked up by %j', (id, keys) => expect(messageIdCandidates(id)).toEqual(keys));

  it('finds an id however it is spelt on either side', () => {
    const spellings = (n: number): string[] => [
      String(n),
      n.toString(16),
      n.toString(16).toUpperCase(),
      String(n).padStart(10, '0'),
      n.toString(16).padStart(8, '0'),
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.nat(4), fc.nat(4), (number, left, right) => {
        const [submitted = '', reported = ''] = [spellings(number)[left], spellings(number)[right]];
        expect(messageIdCandidates(reported)).toContain(messageIdKey(submitted));
      }),
    );
  });

  it('are looked for as they are written first', () => {
    expect(messageIdCandidates('0010')).toEqual(['10', 'a', '16']);
    expect(messageIdCandidates('0A')).toEqual(['a', '10']);
    expect(messageIdCandidates('x')).toEqual(['x']);
    expect(messageIdCandidates(' ')).toEqual([]);
  });
});

describe('receipts', () => {
  const text = 'id:0A1b sub:001 dlvrd:000 submit date:2611220640 done date:2611220641 stat:UNDELIV err:045 Text:id:9';
  it('are read from the text', () => {
    expect(readReceipt(text, {})).toEqual({
      messageId: '0A1b',
      candidates: ['a1b', '2587'],
      status: 'undelivered',
      stat: 'UNDELIV',
      errorCode: '045',
    });
  });
  it('are read from the parameters first', () => {
    const read = readReceipt(text, { receiptedMessageId: '2587\0', messageState: 2, networkErrorCode: Buffer.from([3, 0, 21]) });
    expect(read).toEqual({
      messageId: '2587',
      candidates: ['2587', 'a1b', '9607'],
      status: 'delivered',
      stat: 'DELIVRD',
      errorCode: 'gsm:21',
    });
  });
  it.each([
    ['stat:DELIVERED id:1', 'delivered', 'DELIVRD'],
    ['ID:1 STAT:rejectd', 'failed', 'REJECTD'],
    ['id:1 stat:EXPIRED', 'undelivered', 'EXPIRED'],
    ['id:1 stat:ENROUTE', 'sent', 'ENROUTE'],
    ['id:1', 'sent', 'UNKNOWN'],
  ])('%j says %s', (words, status, stat) =>
    expect(readReceipt(words, {})).toMatchObject({ messageId: '1', status, stat, errorCode: null }),
  );
});

describe('headers of parts', () => {
  it('round-trip', () => {
    const message = Buffer.concat([concatenationHeader(300, 3, 2), Buffer.from('text')]);
    expect(splitHeader(message)).toEqual({ body: Buffer.from('text'), concatenation: { reference: 44, total: 3, part: 2 } });
  });
  it('with 16-bit reference and other elements are understood', () => {
    const message = Buffer.from('0b' + '0504158a0000' + '0804012c0302', 'hex').subarray(0, 13);
    expect(splitHeader(Buffer.concat([Buffer.from('0c', 'hex'), message.subarray(1), Buffer.from('0041', 'hex').subarray(1)]))).toEqual({
      body: Buffer.from('A'),
      concatenation: { reference: 300, total: 3, part: 2 },
    });
  });
  it('never throw and never drop the text, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        const { body } = splitHeader(Buffer.from(octets));
        expect(octets.length === 0 || body.length === octets.length || body.length === octets.length - 1 - (octets[0] ?? 0)).toBe(true);
      }),
    );
  });
  it('SAR parameters that make no sense are ignored', () => {
    expect(fromSar(1, 2, 2)).toEqual({ reference: 1, total: 2, part: 2 });
    expect([fromSar(1, 1, 1), fromSar(1, 2, 3), fromSar(1, 2, 0), fromSar(1, undefined, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('text octets', () => {
  it.each([
    [0, '001b6541', '@€A', 'GSM-7'],
    [1, '48656c6c6f', 'Hello', 'IA5'],
    [1, '0048', '@H', 'GSM-7'],
    [3, 'e9', 'é', 'ISO-8859-1'],
    [6, 'bfe0', 'Пр', 'iso-8859-5'],
    [8, 'd83dde00', '😀', 'UCS-2'],
    [8, 'fffe4100', 'A', 'UCS-2'],
    [8, '004100', 'A', 'UCS-2'],
    [0xf0, '41', 'A', 'GSM-7'],
    [0x18, '0041', 'A', 'UCS-2'],
    [4, '41', '', 'binary'],
    [0xf5, '41', '', 'binary'],
  ])('data_coding %i, %s reads %j', (coding, hex, text, charset) => {
    expect(decodeText(Buffer.from(hex, 'hex'), coding)).toEqual({ text, charset });
  });
  it('are joined before they are read', () => {
    const part = (hex: string, dataCoding: number): { payload: Buffer; dataCoding: number } => ({
      payload: Buffer.from(hex, 'hex'),
      dataCoding,
    });
    expect(joinParts([part('0041d83d', 8), part('de000042', 8)])).toBe('A😀B');
    expect(joinParts([part('411b', 0), part('6542', 0)])).toBe('A€B');
    expect(joinParts([part('41', 0), part('0434', 8)])).toBe('Aд');
    expect(joinParts([])).toBe('');
  });
});

describe('window and rate', () => {
  it('keep order, window and pause', async () => {
    let now = 0;
    const limiter = createLimiter({ window: 2, ratePerSecond: 1000, pauseMs: { min: 100, max: 300 }, now: () => now });
    const first = await limiter.acquire();
    const second = await limiter.acquire();
    const third = limiter.acquire();
    expect(limiter.load()).toEqual({ inFlight: 2, waiting: 1 });
    if (first.kind === 'go') {
      first.release();
      first.release();
    }
    expect((await third).kind).toBe('go');
    expect(limiter.load()).toEqual({ inFlight: 2, waiting: 0 });
    const fourth = limiter.acquire();
    expect(limiter.throttled()).toBe(100);
    expect(limiter.throttled()).toBe(100);
    expect(await fourth).toEqual({ kind: 'paused', retryAfterMs: 100 });
    now = 40;
    expect(await limiter.acquire()).toEqual({ kind: 'paused', retryAfterMs: 60 });
    now = 100;
    expect(limiter.throttled()).toBe(200);
    now = 300;
    expect(limiter.throttled()).toBe(300);
    now = 600;
    limiter.succeeded();
    expect(limiter.throttled()).toBe(100);
    if (second.kind === 'go') second.release();
  });

  it('send no more than the rate, whatever is asked', async () => {
    let now = 0;
    const limiter = createLimiter({ window: 1000, ratePerSecond: 50, pauseMs: { min: 1, max: 1 }, now: () => now });
    let granted = 0;
    for (let index = 0; index < 200; index += 1) void limiter.acquire().then((slot) => (granted += slot.kind === 'go' ? 1 : 0));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(granted).toBe(5);
    now = 1000;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(granted).toBe(10);
    limiter.drop('over');
  });
});
