import smpp from 'smpp';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, connect, deliver, peer, until } from './hostile-peer.test-helper.ts';

afterEach(closeAll);

describe('a peer that breaks the rules', () => {
  it.each([
    ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a length beyond the limit', Buffer.from('7fffffff0000000500000000', 'hex')],
    ['a length below the head', Buffer.from('00000004000000050000000000000001', 'hex')],
    ['a length that cuts the head', Buffer.from('00000008000000050000000000000001', 'hex')],
  ])('%s costs the connection, not the process', async (_name, bytes) => {
    const port = await peer((socket) => setImmediate(() => socket.write(bytes)));
    const { states } = connect(port);
    await until(() => states.filter((state) => state.state === 'bound').length >= 2);
    expect(states.some((state) => state.text.startsWith('The connection was lost'))).toBe(true);
  });

  it('answers commands that it does not know', async () => {
    const got: Buffer[] = [];
    const port = await peer((socket) => {
      socket.on('data', (data) => got.push(data));
      setImmediate(() => socket.write(new smpp.PDU('query_sm', { sequence_number: 9, message_id: '1' }).toBuffer()));
    });
    connect(port);
    await until(() => Buffer.concat(got).length >= 16);
    const answer = Buffer.concat(got);
    expect([answer.readUInt32BE(4), answer.readUInt32BE(8), answer.readUInt32BE(12)]).toEqual([0x80000003, 0x03, 9]);
  });

  it('reads what is odd without losing it', async () => {
    const port = await peer((socket) =>
      setImmediate(() => {
        socket.write(deliver({ data_coding: 0, short_message: Buffer.from('1b65206120', 'hex') }));
        socket.write(deliver({ data_coding: 8, short_message: Buffer.from('d83d', 'hex') }));
        socket.write(deliver({ data_coding: 4, short_message: Buffer.from([1, 2, 3]) }));
        socket.write(deliver({ esm_class: 0x40, short_message: Buffer.from([200, 65, 66]) }));
        socket.write(deliver({ esm_class: 0x40, short_message: Buffer.from([5, 0, 3, 9, 2, 0, 65]) }));
        socket.write(deliver({ esm_class: 4, short_message: Buffer.from('not a receipt') }));
      }),
    );
    const { inbound, receipts } = connect(port);
    await until(() => inbound.length === 5 && receipts.length === 1);
    expect(inbound.map(({ text, charset, to }) => ({ text, charset, to }))).toEqual([
      { text: '€ a ', charset: 'GSM-7', to: '12345' },
      { text: '\ud83d', charset: 'UCS-2', to: '12345' },
      { text: '', charset: 'binary', to: '12345' },
      { text: 'ÈAB', charset: 'GSM-7', to: '12345' },
      { text: 'A', charset: 'GSM-7', to: '12345' },
    ]);
    expect(inbound[2]?.payload).toEqual(Buffer.from([1, 2, 3]));
    expect(inbound.every((message) => message.concatenation === undefined && message.from === '+447700900111')).toBe(true);
    expect(receipts[0]).toMatchObject({ messageId: null, candidates: [], status: 'sent', stat: 'UNKNOWN' });
  });
});

describe('a peer that goes in the protocol’s way', () => {
  it('is answered and bound again after an unbind', async () => {
    const commands: number[] = [];
    const port = await peer((socket) => {
      socket.on('data', (data) => commands.push(data.readUInt32BE(4)));
      setImmediate(() => socket.write(new smpp.PDU('unbind', { sequence_number: 3 }).toBuffer()));
    });
    const { states } = connect(port);
    await until(() => states.filter((state) => state.state === 'bound').length >= 2);
    expect(commands).toContain(0x80000006);
  });
});
