import smpp from 'smpp';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, connect, deliver, peer, until } from './hostile-peer.test-helper.ts';

afterEach(closeAll);

const text = (words: string, more: Record<string, unknown> = {}) => deliver({ short_message: Buffer.from(words), ...more });

/** A PDU by hand: the package would not write it. */
function pdu(id: number, body: Buffer, { sequence = 7, length = 16 + body.length, status = 0 } = {}): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(length, 0);
  head.writeUInt32BE(id, 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

/** Octets behind the last parameter of a PDU, with its length put right. */
function append(to: Buffer, hex: string): Buffer {
  const whole = Buffer.concat([to, Buffer.from(hex, 'hex')]);
  whole.writeUInt32BE(whole.length, 0);
  return whole;
}

/** Sends these after the bind, and collects what is answered: command, status, sequence number. */
async function converse(...sent: Buffer[]) {
  let got = Buffer.alloc(0);
  const port = await peer((socket) => {
    socket.on('data', (data) => (got = Buffer.concat([got, data])));
    setImmediate(() => socket.write(Buffer.concat(sent)));
  });
  const answers = (): number[][] => {
    const all: number[][] = [];
    for (let at = 0; at + 16 <= got.length; at += got.readUInt32BE(at))
      all.push([got.readUInt32BE(at + 4), got.readUInt32BE(at + 8), got.readUInt32BE(at + 12)]);
    return all;
  };
  return { ...connect(port), answers };
}

const DELIVERED = [0x80000005, 0, 7];

describe('a request of the carrier', () => {
  it.each([
    ['outbind, which has no answer', pdu(0x0b, Buffer.from('a\0b\0'))],
    ['alert_notification, which has none either', pdu(0x102, Buffer.alloc(6))],
    ['an answer that answers nothing', pdu(0x80000004, Buffer.from('id\0'), { sequence: 99_999 })],
    ['an answer of an unknown kind', pdu(0x80000999, Buffer.alloc(0))],
    ['a bind in the wrong direction', pdu(0x09, Buffer.from('a\0b\0\0\x34\0\0\0'))],
    ['a submit_multi that counts more addresses than it has', pdu(0x21, Buffer.from('000000ffff', 'hex'))],
    ['noise in the place of parameters', pdu(0x103, Buffer.from('ff'.repeat(40), 'hex'))],
  ])('(%s) costs neither the process nor the connection', async (_what, bytes) => {
    const { inbound, states } = await converse(bytes, text('still here'));
    await until(() => inbound.some((message) => message.text === 'still here'));
    expect(states.filter((state) => state.state === 'bound')).toHaveLength(1);
  });

  it('that is not known is answered by a generic_nack', async () => {
    const { answers } = await converse(pdu(0x0999, Buffer.from('what'), { sequence: 41 }));
    await until(() => answers().length > 0);
    expect(answers()[0]).toEqual([0x80000000, 0x03, 41]);
  });

  it.each([
    ['zero', 0],
    ['shorter than the head', 15],
    ['beyond any text', 0x7fffffff],
  ])('whose length is %s is answered by a generic_nack, and the link is bound anew', async (_what, length) => {
    const { answers, states } = await converse(text('before'), pdu(5, Buffer.alloc(0), { length }));
    await until(() => states.filter((state) => state.state === 'bound').length >= 2);
    expect(answers()).toContainEqual([0x80000000, 0x02, 0]);
    expect(states.some((state) => state.text.includes('what is no SMPP'))).toBe(true);
  });
});

describe('a text', () => {
  it.each([
    ['behind which a parameter is longer than the PDU', append(text('kept'), '020400ff0001')],
    ['behind which a number has no octets', append(text('kept'), '02040000')],
    ['behind which a parameter is cut in its head', append(text('kept'), '0204')],
    ['behind which stand parameters that nobody knows', append(text('kept'), '7fff000301020300010000')],
    ['with a time that is none', text('kept', { validity_period: '1R' })],
  ])('%s is stored once, and answered', async (_what, bytes) => {
    const { inbound, answers, states } = await converse(bytes);
    await until(() => answers().length > 0);
    expect(inbound.map((message) => message.text)).toEqual(['kept']);
    expect(answers()[0]).toEqual(DELIVERED);
    expect(states.filter((state) => state.state === 'bound')).toHaveLength(1);
  });

  it('that is cut short is kept as far as it came', async () => {
    const { inbound } = await converse(append(text('', { data_coding: 3 }), `04240100${Buffer.from('half of').toString('hex')}`));
    await until(() => inbound.length === 1);
    expect(inbound[0]?.text).toBe('half of');
  });

  it('as long as a parameter can be is taken', async () => {
    const long = 'x'.repeat(65_000);
    const { inbound } = await converse(deliver({ data_coding: 3, message_payload: Buffer.from(long) }));
    await until(() => inbound.length === 1);
    expect(inbound[0]?.text).toBe(long);
  });
});

describe('a submit', () => {
  /** Answers each submit_sm with these octets; `sequence` is put in. */
  async function answeredBy(make: (sequence: number) => Buffer) {
    const port = await peer((socket) => {
      socket.on('data', (data) => {
        if (data.readUInt32BE(4) === 4) socket.write(make(data.readUInt32BE(12)));
        if (data.readUInt32BE(4) === 0x15) socket.write(pdu(0x80000015, Buffer.alloc(0), { sequence: data.readUInt32BE(12) }));
      });
    });
    const { link, states } = connect(port);
    await until(() => states.at(-1)?.state === 'bound');
    return link.submit({ from: '+447700900100', to: '+447700900111', text: 'hello' });
  }

  it.each([
    ['the answer to another question', (sequence: number) => pdu(0x80000015, Buffer.alloc(0), { sequence })],
    ['a generic_nack that reports no error', (sequence: number) => pdu(0x80000000, Buffer.alloc(0), { sequence })],
    ['an answer to another number', (sequence: number) => pdu(0x80000004, Buffer.from('id\0'), { sequence: sequence + 5 })],
  ])('that gets %s is unknown, never guessed to be sent', async (_what, make) => {
    expect(await answeredBy(make)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['a generic_nack', (sequence: number) => pdu(0x80000000, Buffer.alloc(0), { sequence, status: 0x03 }), { kind: 'rejected' }],
    ['an answer without an id', (sequence: number) => pdu(0x80000004, Buffer.alloc(0), { sequence }), { kind: 'accepted', ids: [''] }],
    [
      'an answer with a broken tail',
      (sequence: number) => append(pdu(0x80000004, Buffer.from('a1\0'), { sequence }), '04240fff'),
      { kind: 'accepted', ids: ['a1'] },
    ],
  ])('that gets %s is what its head says', async (_what, make, outcome) => {
    expect(await answeredBy(make)).toMatchObject(outcome);
  });
});

describe('a peer that floods', () => {
  it('and reads no answers is cut off before they fill our memory', async () => {
    const line = new smpp.PDU('enquire_link', { sequence_number: 1 }).toBuffer();
    const port = await peer((socket) => {
      socket.removeAllListeners('data');
      socket.pause();
      const flood = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(line.length * 4_000, line)));
        if (!socket.destroyed) socket.once('drain', flood);
      };
      flood();
    });
    const { states } = connect(port, { enquireLinkMs: 60_000, responseTimeoutMs: 60_000 });
    await until(() => states.some((state) => state.text.includes('does not read what it is answered')), 60_000);
  }, 70_000);
});
