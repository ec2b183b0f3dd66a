import { afterEach, describe, expect, it } from 'vitest';
import { connectSmpp } from './link.ts';
import { messageIdKey } from './message-id.ts';
import { happens, hasNetSmpp, startPerlPeer, type PerlPeer } from './perl-peer.test-helper.ts';
import { joinParts } from './text-coding.ts';
import type { InboundMessage, LateAnswer, Receipt, SmppLink, SmppOptions, StateChange, SubmitOutcome } from './types.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Session {
  peer: PerlPeer;
  link: SmppLink;
  states: StateChange[];
  receipts: Receipt[];
  inbound: InboundMessage[];
  late: LateAnswer[];
  bound(): Promise<void>;
  send(text: string, more?: object): Promise<SubmitOutcome>;
}

async function start({ refusals = 0, ...options }: Partial<SmppOptions> & { refusals?: number } = {}): Promise<Session> {
  const peer = await startPerlPeer(refusals);
  closers.push(() => peer.close());
  const seen = { states: [] as StateChange[], receipts: [] as Receipt[], inbound: [] as InboundMessage[], late: [] as LateAnswer[] };
  const link = connectSmpp(
    {
      host: '127.0.0.1',
      port: peer.port,
      systemId: 'switchboard',
      password: 'secret',
      ratePerSecond: 1000,
      enquireLinkMs: 50,
      reconnectMs: { min: 10, max: 50 },
      throttlePauseMs: { min: 20, max: 100 },
      ...options,
    },
    {
      onInbound: async (message) => void seen.inbound.push(message),
      onReceipt: async (receipt) => void seen.receipts.push(receipt),
      onState: (state) => void seen.states.push(state),
      onLateAnswer: (answer) => void seen.late.push(answer),
    },
  );
  closers.push(() => link.close());
  const bound = (): Promise<void> => happens('the link is bound', () => link.state().state === 'bound');
  await bound();
  const send: Session['send'] = (text, more = {}) => link.submit({ from: '+447700900100', to: '+447700900111', text, ...more });
  return { peer, link, ...seen, bound, send };
}

const binds = ({ peer }: Session): number => peer.lines.filter((line) => line.startsWith('bind ')).length;
const submits = ({ peer }: Session): string[] => peer.lines.filter((line) => line.startsWith('submit '));
const texts = ({ peer }: Session): string[] => peer.taken().map((octets) => octets.toString('latin1'));
/** Waits for the end of the pause that the outcome tells of; a timer may be a little early. */
const over = (outcome: SubmitOutcome): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, outcome.kind === 'throttled' ? outcome.retryAfterMs + 10 : 0));

describe.skipIf(!hasNetSmpp)('our client against an SMSC of Net::SMPP (skipped without the Debian package libnet-smpp-perl)', () => {
  it('binds, submits in both alphabets and matches receipts whose ids are spelt otherwise', async () => {
    const session = await start();
    const { peer, receipts } = session;
    await happens('the bind', () => peer.lines.includes('bind switchboard secret version=34'));

    const outcomes = await Promise.all(['one @€', 'два', 'three'].map((text) => session.send(text)));

    expect(outcomes).toMatchObject(['64', '65', '66'].map((id) => ({ kind: 'accepted', ids: [id] })));
    await happens('all submits', () => submits(session).length === 3);
    const to = 'ton=1 npi=1 from=447700900100 to=447700900111 registered=1';
    expect(peer.lines).toContain(`submit coding=0 esm=0 ${to} hex=${Buffer.from('one ').toString('hex')}001b65`);
    expect(peer.lines).toContain(`submit coding=8 esm=0 ${to} hex=043404320430`);
    await happens('all receipts', () => receipts.length === 3);
    expect(receipts.map((receipt) => receipt.status)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(receipts.map((receipt) => receipt.candidates[0])).toEqual(['64', '65', '66']);
    expect(receipts[0]?.candidates).toEqual(expect.arrayContaining(['64', '100']));
    await happens('the answers', () => peer.lines.filter((line) => /^answer \d+ 0$/.test(line)).length === 3);
    await happens('a sign of life', () => peer.lines.includes('enquire'));
  });

  it('cuts a long text into parts that another decoder reads, and unbinds in the end', async () => {
    const session = await start();
    const outcome = await session.send('x'.repeat(300), { reference: 0x1ab });
    expect(outcome).toMatchObject({ kind: 'accepted', ids: ['64', '65'], reference: 0xab });
    await happens('both parts', () => submits(session).length === 2);
    const hex = submits(session).map((line) => line.split('hex=')[1]);
    expect(hex).toEqual([`050003ab0201${'78'.repeat(153)}`, `050003ab0202${'78'.repeat(147)}`]);
    expect(submits(session).every((line) => line.includes('esm=40'))).toBe(true);
    await session.link.close();
    await happens('goodbye', () => session.peer.lines.includes('unbind'));
  });

  it.each([
    ['cut-before', 0],
    ['cut-after', 1],
  ])('is in doubt after %s, binds again, and what it sends then is taken', async (word, taken) => {
    const session = await start();
    expect(await session.send(word)).toMatchObject({ kind: 'unknown', acceptedIds: [], nextPart: 1 });
    await session.bound();
    expect(await session.send('afterwards')).toMatchObject({ kind: 'accepted' });
    await happens('the next text', () => texts(session).includes('afterwards'));
    expect(texts(session).filter((text) => text === word)).toHaveLength(taken);
    expect(submits(session)).toHaveLength(2);
    expect(binds(session)).toBe(2);
    // The receipt of the text in doubt comes on the next bind, before that of the other.
    await happens('the receipts', () => session.receipts.length === taken + 1);
  });

  it('tells which part of a long text is in doubt, and goes on from there with the same reference', async () => {
    const session = await start();
    const text = `${'x'.repeat(153)}cut-before ${'y'.repeat(142)}${'z'.repeat(20)}`;
    const outcome = await session.send(text, { reference: 7 });
    expect(outcome).toMatchObject({ kind: 'unknown', acceptedIds: ['64'], nextPart: 2, reference: 7 });
    await session.bound();
    expect(await session.send(text, { startPart: 2, reference: 7 })).toMatchObject({ kind: 'accepted', ids: ['65', '66'] });
    await happens('all parts', () => texts(session).length === 3);
    const parts = session.peer.taken();
    expect(parts.map((part) => part.subarray(0, 6).toString('hex'))).toEqual(['050003070301', '050003070302', '050003070303']);
    expect(parts.map((part) => part.subarray(6).toString('latin1')).join('')).toBe(text);
  });

  it('settles everything that is open when the socket is cut, and sends nothing twice', async () => {
    const session = await start({ window: 3 });
    const outcomes = await Promise.all(['slow=200 a', 'cut-before b', 'c', 'd'].map((text) => session.send(text)));
    // The answer to the first may be lost with the socket; what waited for a place in the window may find the link gone or bound again.
    expect(['accepted', 'unknown']).toContain(outcomes[0]?.kind);
    expect(outcomes.slice(1, 3).map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
    await session.bound();
    await happens('the first text', () => texts(session).includes('slow=200 a'));
    expect(texts(session).filter((text) => text === 'c')).toEqual([]);
    expect(new Set(submits(session)).size).toBe(submits(session).length);
  });

  it.each(['throttle', 'full'])('waits when told "%s", sends the others back, and is taken at the second try', async (word) => {
    const session = await start({ window: 1 });
    const [first, second] = await Promise.all([session.send(`${word} 1`), session.send('2')]);
    expect(first).toMatchObject({ kind: 'throttled', acceptedIds: [], nextPart: 1 });
    expect(second).toMatchObject({ kind: 'throttled' });
    await over(first);
    expect(await session.send(`${word} 1`)).toMatchObject({ kind: 'accepted' });
    expect(await session.send('2')).toMatchObject({ kind: 'accepted' });
    await happens('both texts', () => texts(session).length === 2);
    expect(texts(session)).toEqual([`${word} 1`, '2']);
    expect(submits(session)).toHaveLength(3);
  });

  it('waits in the middle of a long text, and sends only the rest', async () => {
    const session = await start();
    const text = `${'x'.repeat(153)}throttle ${'y'.repeat(100)}`;
    const outcome = await session.send(text, { reference: 9 });
    expect(outcome).toMatchObject({ kind: 'throttled', acceptedIds: ['64'], nextPart: 2 });
    await over(outcome);
    expect(await session.send(text, { reference: 9, startPart: 2 })).toMatchObject({ kind: 'accepted', ids: ['65'] });
    await happens('both parts', () => texts(session).length === 2);
    expect(session.peer.taken().map((part) => part[5])).toEqual([1, 2]);
  });

  it('takes a slow answer, and hands on one that is too slow', async () => {
    const session = await start({ responseTimeoutMs: 1_000, enquireLinkMs: 60_000 });
    expect(await session.send('slow=50')).toMatchObject({ kind: 'accepted', ids: ['64'] });
    expect(await session.send('slow=1500', { key: 'm1' })).toMatchObject({ kind: 'unknown', why: 'no answer within 1000 ms' });
    await happens('the late answer', () => session.late.length === 1);
    expect(session.late).toMatchObject([{ key: 'm1', part: 1, outcome: { kind: 'accepted', id: '65' } }]);
    expect(binds(session)).toBe(1);
    expect(texts(session)).toEqual(['slow=50', 'slow=1500']);
  });

  it('binds again after "already bound" and after the SMSC said goodbye', async () => {
    const session = await start({ refusals: 2 });
    expect(session.states.filter(({ state }) => state === 'failed').map(({ text }) => text)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('already connected elsewhere') as string),
    );
    expect(await session.send('unbind')).toMatchObject({ kind: 'accepted' });
    await happens('the answer to its goodbye', () => session.peer.lines.includes('unbound'));
    await happens('another bind', () => binds(session) === 4);
    await session.bound();
    expect(await session.send('back again')).toMatchObject({ kind: 'accepted' });
  });

  it('hands on receipts before the answer, late on another bind, and twice', async () => {
    const session = await start();
    const { receipts } = session;
    const early = await session.send('early slow=200');
    expect(receipts).toHaveLength(1);
    const ids = [early, await session.send('twice'), await session.send('later')].map((outcome) =>
      outcome.kind === 'accepted' ? messageIdKey(outcome.ids[0] ?? '') : outcome.kind,
    );
    await happens('the receipt again', () => receipts.length === 3);
    expect((await session.send('cut-before')).kind).toBe('unknown');
    await happens('the late receipt', () => receipts.length === 4);
    expect(receipts.map(({ candidates }) => candidates[0])).toEqual([ids[0], ids[1], ids[1], ids[2]]);
    expect(receipts[3]?.bindId).not.toBe(receipts[0]?.bindId);
    expect(receipts.every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('hands on the parts of a text that comes in, each with its place, and they join to what was written', async () => {
    const { send, inbound, peer } = await start();
    await send('parts quiet');
    await happens('all parts', () => inbound.length === 4);
    expect(inbound.map(({ concatenation }) => concatenation?.part)).toEqual([3, 1, 1, 2]);
    expect(inbound[0]).toMatchObject({ from: '+447700900111', to: '+447700900100', concatenation: { reference: 8, total: 3 } });
    const once = [...new Map(inbound.map((part) => [part.concatenation?.part ?? 0, part])).values()];
    expect(joinParts(once.sort((a, b) => (a.concatenation?.part ?? 0) - (b.concatenation?.part ?? 0)))).toBe('привет 🙂 мир');
    await happens('the answers', () => peer.lines.filter((line) => /^answer \d+ 0$/.test(line)).length === 4);
  });
});
