/** A carrier that binds as it should and then sends whatever it is given; proper texts among it are sent again until they are taken, as carriers do. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { goodText, pdu, type HostilePdu } from './pdus.ts';

/** Ranges of sequence numbers of our own, which no generated PDU has. */
const [TEXTS, SIGNS] = [0x40000000, 0x50000000];

export interface HostileSmsc {
  readonly port: number;
  /** How often a client has bound. */
  readonly binds: number;
  /** Sends these among proper texts and waits until the texts are taken. Resolves with the commands that stayed without the answer that SMPP asks for. */
  send(pdus: readonly HostilePdu[], texts: readonly { from: string; to: string; text: string }[]): Promise<string[]>;
  close(): Promise<void>;
}

export async function startHostileSmsc(): Promise<HostileSmsc> {
  const sockets = new Set<Socket>();
  /** By sequence number, the answers that came: their commands, and their statuses. */
  const answered = new Map<number, Map<number, number>>();
  let bound: Socket | undefined;
  let binds = 0;
  let counter = 0;

  const take = (socket: Socket, frame: Buffer): void => {
    const [command, status, sequence] = [frame.readUInt32BE(4), frame.readUInt32BE(8), frame.readUInt32BE(12)];
    if (command >= 0x80000000) answered.set(sequence, (answered.get(sequence) ?? new Map<number, number>()).set(command, status));
    else if (command === 0x09) {
      socket.write(pdu(0x80000009, sequence, Buffer.from('hostile\0')));
      bound = socket;
      binds += 1;
    } else if (command === 0x06) socket.end(pdu(0x80000006, sequence));
    else if (command === 0x15) socket.write(pdu(0x80000015, sequence));
    else if (command === 0x04) socket.write(pdu(0x80000004, sequence, Buffer.from(`${(counter += 1)}\0`)));
  };

  const server = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (bound === socket) bound = undefined;
    });
    socket.on('data', (data) => {
      rest = rest.length > 0 ? Buffer.concat([rest, data]) : data;
      while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
        const length = rest.readUInt32BE(0);
        take(socket, rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function connection(): Promise<Socket> {
    return until('a bind', () => bound);
  }

  /** True when the client has read all that was sent before, on this very connection. */
  async function isRead(socket: Socket): Promise<boolean> {
    const sign = SIGNS + (counter += 1);
    socket.write(pdu(0x15, sign));
    return until('a sign of life', () => (answered.has(sign) ? 'read' : socket.destroyed ? 'lost' : undefined)).then(
      (end) => end === 'read',
    );
  }

  return {
    port: (server.address() as AddressInfo).port,
    get binds() {
      return binds;
    },
    async send(pdus, texts) {
      const waiting = new Map(texts.map((text) => [TEXTS + (counter += 1), text]));
      for (const { sequence } of pdus) answered.delete(sequence);
      const socket = await connection();
      const all: Buffer[] = pdus.map(({ hex }) => Buffer.from(hex, 'hex'));
      const every = Math.max(1, Math.ceil(all.length / Math.max(1, texts.length)));
      for (const [index, [sequence, { from, to, text }]] of [...waiting].entries())
        all.splice(index * (every + 1), 0, goodText(sequence, from, to, text));
      socket.write(Buffer.concat(all));
      const whole = await isRead(socket);
      for (let tries = 0; waiting.size > 0; tries += 1) {
        if (tries > 40) throw new Error(`${waiting.size} proper texts were never taken`);
        if (tries > 0) {
          const again = await connection();
          for (const [sequence, { from, to, text }] of waiting) again.write(goodText(sequence, from, to, text));
        }
        await until('answers', () => [...waiting.keys()].every((sequence) => answered.has(sequence)) || !bound || undefined, 5_000).catch(
          () => undefined,
        );
        for (const sequence of [...waiting.keys()]) {
          if (answered.get(sequence)?.get(0x80000005) === 0) waiting.delete(sequence);
          else answered.delete(sequence);
        }
      }
      if (!whole || pdus.some(({ breaks }) => breaks)) return [];
      return unanswered(pdus);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  /** Requests that are known and have an answer get theirs; what is not known gets a generic_nack (SMPP 3.4, 4.3). */
  async function unanswered(pdus: readonly HostilePdu[]): Promise<string[]> {
    const asked = pdus.filter(({ command }) => command < 0x80000000 && command !== 0x0b && command !== 0x102);
    const missing = () =>
      asked.filter(({ command, sequence }) => {
        const answers = answered.get(sequence);
        return !answers?.has(command + 0x80000000) && !answers?.has(0x80000000);
      });
    await until('all answers', () => missing().length === 0 || undefined, 10_000).catch(() => undefined);
    return missing().map(({ command, hex }) => `0x${command.toString(16)} stayed without its answer: ${hex}`);
  }
}

async function until<T>(what: string, check: () => T | undefined, ms = 30_000): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const value = check();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
