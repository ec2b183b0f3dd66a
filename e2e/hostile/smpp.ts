/** Plays generated PDUs against both of our ends of SMPP: the service's link, by a carrier that is hostile, and the sandbox's SMSC, by such a client. */
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { PHONE_MARK } from './marks.ts';
import { pdu, pduOf, type HostilePdu } from './pdus.ts';
import type { HostileSmsc } from './smsc.ts';
import type { World } from './world.ts';

const TOGETHER = 40;
/** Our number at the hostile carrier; nobody else has it. */
const OUR_NUMBER = '+447700900177';

/** What a generated run needs to be played again. */
export interface SmppFinding {
  what: string;
  seed: number;
}

/** Makes the hostile carrier an account of the org. Its bind is tried first, so it behaves until then. */
export async function addHostileAccount(world: World, smsc: HostileSmsc): Promise<void> {
  const settings = { host: '127.0.0.1', port: smsc.port, systemId: 'hostile' };
  const account = { kind: 'smpp', label: 'Hostile', settings, secret: 'hostile', ratePerSecond: 100, windowSize: 10 };
  const { id } = await world.call<{ id: string }>('POST', '/v1/carrier-accounts', account);
  await world.call('POST', '/v1/numbers', { number: OUR_NUMBER, label: 'Hostile', accountId: id, country: 'GB' });
}

/** Sends `count` PDUs of a carrier to the service's link, and proper texts among them. */
export async function huntLink(
  world: World,
  smsc: HostileSmsc,
  options: { seed: number; count: number; breaking: number },
): Promise<SmppFinding[]> {
  const { seed, count, breaking } = options;
  const findings: SmppFinding[] = [];
  const phones = new Map<string, string[]>();
  let batch = 0;
  const property = fc.asyncProperty(fc.array(pduOf(breaking), { minLength: TOGETHER, maxLength: TOGETHER, size: 'max' }), async (pdus) => {
    batch += 1;
    const from = `${PHONE_MARK}${9000 + (batch % 1000)}`;
    const texts = [1, 2, 3].map((index) => ({ from, to: OUR_NUMBER, text: `proper ${seed} ${batch} ${index}` }));
    phones.set(from, [...(phones.get(from) ?? []), ...texts.map(({ text }) => text)]);
    for (const what of await smsc.send(pdus, texts)) findings.push({ what, seed });
  });
  await fc.assert(property, { seed, numRuns: Math.ceil(count / TOGETHER), endOnFailure: true });
  for (const [number, texts] of phones) {
    const kept = await textsOf(world, number);
    for (const text of texts) {
      const times = kept.filter((one) => one === text).length;
      if (times !== 1) findings.push({ what: `a proper text is there ${times} times`, seed });
    }
  }
  return findings;
}

/** Every text that the service keeps of a phone, across pages of conversations. */
async function textsOf(world: World, number: string): Promise<string[]> {
  const { conversations } = await world.call<{ conversations: { messages: { body: string }[] }[] }>('POST', '/v1/people/export', {
    number,
  });
  return conversations.flatMap(({ messages }) => messages.map(({ body }) => body));
}

/** Sends `count` PDUs of a client to the sandbox's SMSC, on connections that are bound, badly bound and not bound. */
export async function huntSandbox(world: World, options: { seed: number; count: number; breaking: number }): Promise<void> {
  const hostile = fc.record({
    pdus: fc.array(pduOf(options.breaking), { minLength: TOGETHER, maxLength: TOGETHER, size: 'max' }),
    bind: fc.constantFrom('proper', 'proper', 'wrong password', 'twice', 'none'),
  });
  const property = fc.asyncProperty(hostile, ({ pdus, bind }) => burst(world.ports.smpp, pdus, bind));
  await fc.assert(property, { seed: options.seed, numRuns: Math.ceil(options.count / TOGETHER), endOnFailure: true });
}

async function burst(port: number, pdus: readonly HostilePdu[], bind: string): Promise<void> {
  const password = bind === 'wrong password' ? 'x' : 'sandbox';
  const binding = pdu(0x09, 1, Buffer.from(`switchboard\0${password}\0\0\u0034\0\0\0`, 'latin1'));
  const sent = [
    ...(bind === 'none' ? [] : bind === 'twice' ? [binding, binding] : [binding]),
    ...pdus.map(({ hex }) => Buffer.from(hex, 'hex')),
  ];
  const socket: Socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.end(Buffer.concat(sent));
    setTimeout(() => socket.destroy(), 1_000).unref();
  });
}
