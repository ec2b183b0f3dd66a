import smpp from 'smpp';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, peer, until } from './hostile-peer.test-helper.ts';
import { connectSmpp } from './link.ts';

afterEach(closeAll);

const ROK = 0;
const QUEUE_FULL = 0x14;

/** The carrier's side by hand: sends deliveries without waiting for answers, and counts the answers by their status. */
async function carrier() {
  let send = (_count: number): void => undefined;
  const answers: { sequence: number; status: number }[] = [];
  let sequence = 100;
  const port = await peer((socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
        const pdu = rest.subarray(0, rest.readUInt32BE(0));
        rest = rest.subarray(pdu.length);
        if (pdu.readUInt32BE(4) === 0x80000005) answers.push({ status: pdu.readUInt32BE(8), sequence: pdu.readUInt32BE(12) });
      }
    });
    send = (count) => {
      const pdus = Array.from({ length: count }, () =>
        new smpp.PDU('deliver_sm', {
          sequence_number: (sequence += 1),
          source_addr: `447700${sequence}`,
          source_addr_ton: 1,
          destination_addr: '12345',
          short_message: 'a text',
        }).toBuffer(),
      );
      socket.write(Buffer.concat(pdus));
    };
  });
  return { port, answers, send: (count: number) => send(count) };
}

describe('a carrier that goes on while nothing can be stored', () => {
  it('is told that the queue is full, is asked for no more than that, and is heard again as soon as there is room', async () => {
    const { port, answers, send } = await carrier();
    const stored: string[] = [];
    let begun = 0;
    let release = () => {};
    const database = new Promise<void>((resolve) => (release = resolve));
    let isBound = false;
    const link = connectSmpp(
      { host: '127.0.0.1', port, systemId: 'x', password: 'y' },
      {
        onInbound: async (message) => {
          begun += 1;
          await database;
          stored.push(message.from);
        },
        onReceipt: () => Promise.resolve(),
        onState: ({ state }) => void (isBound ||= state === 'bound'),
      },
    );
    try {
      await until(() => isBound);
      send(3_000);
      await until(() => answers.length + begun === 3_000);
      expect(begun).toBe(200);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([QUEUE_FULL]));
      expect(stored).toEqual([]);

      release();
      await until(() => stored.length === 200 && answers.length === 3_000);
      expect(answers.filter(({ status }) => status === ROK)).toHaveLength(200);
      send(50);
      await until(() => answers.length === 3_050);
      expect(answers.filter(({ status }) => status === ROK)).toHaveLength(250);
      expect(stored).toHaveLength(250);
    } finally {
      await link.close(50);
    }
  });
});
