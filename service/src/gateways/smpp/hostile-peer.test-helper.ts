import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import smpp from 'smpp';
import { connectSmpp } from './link.ts';
import type { InboundMessage, Receipt, SmppLink, SmppOptions, StateChange } from './types.ts';

const closers: (() => unknown)[] = [];
/** Ends every peer and link of a test. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** A TCP server that answers the bind by hand and then does what the test says. */
export async function peer(afterBind: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const sequence = data.readUInt32BE(12);
      const body = Buffer.from('peer\0');
      const head = Buffer.alloc(16);
      head.writeUInt32BE(16 + body.length, 0);
      head.writeUInt32BE(0x80000009, 4);
      head.writeUInt32BE(sequence, 12);
      socket.write(Buffer.concat([head, body]));
      afterBind(socket);
    });
    closers.push(() => socket.destroy());
  });
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export interface Seen {
  link: SmppLink;
  states: StateChange[];
  inbound: InboundMessage[];
  receipts: Receipt[];
}

/** A link of ours to that peer, and all that it hands over. */
export function connect(port: number, options: Partial<SmppOptions> = {}): Seen {
  const seen = { states: [] as StateChange[], inbound: [] as InboundMessage[], receipts: [] as Receipt[] };
  const link = connectSmpp(
    {
      host: '127.0.0.1',
      port,
      systemId: 'x',
      password: 'y',
      responseTimeoutMs: 200,
      enquireLinkMs: 100,
      reconnectMs: { min: 10, max: 20 },
      ...options,
    },
    {
      onInbound: async (message) => void seen.inbound.push(message),
      onReceipt: async (receipt) => void seen.receipts.push(receipt),
      onState: (state) => void seen.states.push(state),
    },
  );
  closers.push(() => link.close(50));
  return { link, ...seen };
}

/** Waits for what a peer's octets bring about. */
export async function until(check: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!check()) {
    if (Date.now() > end) throw new Error('never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A deliver_sm with sequence number 7. */
export function deliver(fields: Record<string, unknown>): Buffer {
  return new smpp.PDU('deliver_sm', {
    sequence_number: 7,
    source_addr: '447700900111',
    source_addr_ton: 1,
    destination_addr: '12345',
    ...fields,
  }).toBuffer();
}
