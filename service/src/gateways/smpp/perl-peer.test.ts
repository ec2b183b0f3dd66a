import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { connectSmpp } from './link.ts';
import type { InboundMessage, Receipt, SmppLink, StateChange } from './types.ts';

const available = spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startPeer(throttleNth: number): Promise<{ port: number; lines: string[] }> {
  const port = await freePort();
  const child = spawn('perl', [new URL('perl-peer.pl', import.meta.url).pathname, String(port), String(throttleNth)]);
  closers.push(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.includes('ready'));
  return { port, lines };
}

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!check()) {
    if (Date.now() > end) throw new Error('never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function connect(port: number): { link: SmppLink; states: StateChange[]; receipts: Receipt[]; inbound: InboundMessage[] } {
  const seen = { states: [] as StateChange[], receipts: [] as Receipt[], inbound: [] as InboundMessage[] };
  const link = connectSmpp(
    { host: '127.0.0.1', port, systemId: 'switchboard', password: 'secret', ratePerSecond: 1000, enquireLinkMs: 50 },
    {
      onInbound: async (message) => void seen.inbound.push(message),
      onReceipt: async (receipt) => void seen.receipts.push(receipt),
      onState: (state) => void seen.states.push(state),
    },
  );
  closers.push(() => link.close());
  return { link, ...seen };
}

const request = { from: '+447700900100', to: '+447700900111' };

describe.skipIf(!available)('our client against an SMSC of Net::SMPP (skipped without the Debian package libnet-smpp-perl)', () => {
  it('binds, submits, is throttled, matches receipts and joins what comes in', async () => {
    const { port, lines } = await startPeer(3);
    const { link, states, receipts, inbound } = connect(port);
    await until(() => states.at(-1)?.state === 'bound');
    await until(() => lines.includes('bind switchboard secret version=34'));

    const outcomes = await Promise.all(['one @€', 'два', 'three', 'four'].map((text) => link.submit({ ...request, text })));

    expect(outcomes).toMatchObject([
      { kind: 'accepted', ids: ['64'] },
      { kind: 'accepted', ids: ['65'] },
      { kind: 'throttled', acceptedIds: [], nextPart: 1 },
      { kind: 'accepted', ids: ['66'] },
    ]);
    await until(() => lines.filter((line) => line.startsWith('submit')).length === 4);
    const to = 'ton=1 npi=1 from=447700900100 to=447700900111 registered=1';
    expect(lines).toContain(`submit coding=0 esm=0 ${to} hex=${Buffer.from('one ').toString('hex')}001b65`);
    expect(lines).toContain(`submit coding=8 esm=0 ${to} hex=043404320430`);
    await until(() => receipts.length === 3 && inbound.length === 3);
    expect(receipts.map((receipt) => receipt.status)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(receipts.map((receipt) => receipt.candidates[0])).toEqual(['64', '65', '66']);
    expect(receipts[0]?.candidates).toEqual(expect.arrayContaining(['64', '100']));
    expect(inbound[0]).toMatchObject({
      text: 'пр',
      concatenation: { reference: 7, total: 2, part: 1 },
      from: '+447700900111',
      to: '+447700900100',
    });
    await until(() => lines.filter((line) => /^answer \d+ 0$/.test(line)).length === 6);
    await until(() => lines.includes('enquire'));
  });

  it('cuts a long text into parts that another decoder reads, and unbinds in the end', async () => {
    const { port, lines } = await startPeer(0);
    const { link, states } = connect(port);
    await until(() => states.at(-1)?.state === 'bound');
    const outcome = await link.submit({ ...request, text: 'x'.repeat(300), reference: 0x1ab });
    expect(outcome).toMatchObject({ kind: 'accepted', ids: ['64', '65'], reference: 0xab });
    // The peer's words come through its own pipe, apart from the socket.
    await until(() => lines.filter((line) => line.startsWith('submit')).length === 2);
    const hex = lines.filter((line) => line.startsWith('submit')).map((line) => line.split('hex=')[1]);
    expect(hex).toEqual([`050003ab0201${'78'.repeat(153)}`, `050003ab0202${'78'.repeat(147)}`]);
    expect(lines.filter((line) => line.startsWith('submit')).every((line) => line.includes('esm=40'))).toBe(true);
    await link.close();
    await until(() => lines.includes('unbind'));
  });
});
