/** The main user's access is revoked: from its first refused call to the first call that the standby user gets through. */
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FormClient } from '../../sandbox/control/browserless.ts';
import { person } from '../../sandbox/control/people.ts';
import { signedText } from '../../sandbox/carrier/twilio/signed-text.ts';
import { walk } from '../../sandbox/stack/first-start.ts';
import { until } from '../support/console.ts';
import { judgeCores, watchCores } from '../support/cores.ts';
import { say, size } from '../support/output.ts';
import type { Measured } from '../support/result.ts';
import { startBenchStack, twilioTarget, type BenchStack } from '../support/stack.ts';
import { median, percentile, spread } from '../support/stats.ts';

const LATENCY_MS = 200;
const MUST_MS = 1_000 + 4 * LATENCY_MS;
const ADMIN = 'admin@sandbox.test';

interface Reply {
  at: number;
  status: number;
  path: string;
  token: string;
}

interface Run {
  ms: number;
  /** The standby user's access token had expired, so that it had to be renewed first. */
  renewed: boolean;
  from: string;
  to: string;
  /** Replies from the first refused one to the first good one: the time after the first, status and path. */
  replies: string[];
}

interface Connection {
  id: string;
  username: string;
  role: 'main' | 'standby';
  status: string;
}

export async function run(): Promise<Measured> {
  const stack = await startBenchStack('switch-time', { lightning: false });
  const record = recordReplies(stack.ports.salesforce);
  try {
    await slow(stack);
    const runs: Run[] = [];
    const busyOf = watchCores();
    for (let index = 0; index < size(20, 2); index += 1) {
      say(`switch ${index + 1}`);
      runs.push(await one(stack, record.replies, index));
    }
    const busy = busyOf();
    const of = (renewed: boolean) => runs.filter((each) => each.renewed === renewed).map(({ ms }) => ms);
    const all = runs.map(({ ms }) => ms);
    return {
      figures: [
        {
          name: 'refused → first success as standby, p95',
          value: percentile(all, 0.95),
          unit: 'ms',
          spread: spread(all),
          must: { atMost: MUST_MS },
        },
        { name: '  standby token good, median', value: median(of(false)), unit: 'ms', spread: spread(of(false)) },
        { name: '  standby token expired, median', value: median(of(true)), unit: 'ms', spread: spread(of(true)) },
      ],
      invalid: judgeCores(busy, stack.pinned),
      notes: [
        `${runs.length} switches, every other one with an expired access token of the standby user; each call of the org is answered ${LATENCY_MS} ms ` +
          `late; times are of the org’s replies, as its HTTP server sends them; ${stack.notes.join('; ')}`,
      ],
      samples: { runs, busy },
    };
  } finally {
    record.close();
    await stack.close();
  }
}

/** What the org answers on its port. It runs in this process, so that its own HTTP server tells. */
function recordReplies(port: number): { replies: Reply[]; close(): void } {
  const replies: Reply[] = [];
  const note = (message: unknown): void => {
    const { request, response, socket } = message as { request: IncomingMessage; response: ServerResponse; socket: Socket };
    if (socket.localPort !== port) return;
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (!path.startsWith('/services/')) return;
    replies.push({ at: performance.now(), status: response.statusCode, path, token: request.headers.authorization ?? '' });
  };
  diagnostics.subscribe('http.server.response.finish', note);
  return { replies, close: () => void diagnostics.unsubscribe('http.server.response.finish', note) };
}

async function one(stack: BenchStack, replies: Reply[], index: number): Promise<Run> {
  const { main, standby } = await bothConnected(stack);
  // A text of before shows which token the main user has, and that nothing waits any more.
  replies.length = 0;
  await text(stack, `Before switch ${index}`);
  const token = replies.findLast(({ path, status }) => path.startsWith('/services/data/') && status < 300)?.token;
  const renewed = index % 2 === 1;
  if (renewed) await control(stack, 'POST', `/users/${standby.username}/expire-session`);
  await control(stack, 'POST', `/users/${main.username}/revoke`);
  replies.length = 0;
  await text(stack, `After switch ${index}`);

  const refused = replies.findIndex((reply) => reply.token === token && reply.status === 401);
  const passed = replies.findIndex(
    (reply, at) => at > refused && reply.token !== token && reply.path.startsWith('/services/data/') && reply.status < 300,
  );
  const [from, to] = [replies[refused], replies[passed]];
  if (!from || !to) throw new Error('the org saw no switch');
  const now = (await connections(stack)).find(({ role }) => role === 'main');
  if (now?.username !== standby.username) throw new Error('the standby user is not main');
  return {
    ms: to.at - from.at,
    renewed,
    from: main.username,
    to: standby.username,
    replies: replies.slice(refused, passed + 1).map(({ at, status, path }) => `${(at - from.at).toFixed(0)} ms ${status} ${path}`),
  };
}

/** A customer's text, and then the moment when nothing waits for the org. */
async function text(stack: BenchStack, body: string): Promise<void> {
  const target = await twilioTarget(stack);
  const { path, ...shot } = signedText(target, { from: person('switch', 1).phone, to: target.number, body });
  const response = await fetch(new URL(path, target.url), shot);
  if (!response.ok) throw new Error(`the text was not taken (${response.status})`);
  const { org } = stack.salesforce;
  const [field, newest] = [org.own('Body__c'), `SELECT ${org.own('Body__c')} FROM ${org.own('Message__c')} ORDER BY Id DESC LIMIT 5`];
  await until(`"${body}" is in the org`, () => org.query(newest).some((row) => row[field] === body));
}

/** Whoever is disconnected signs in again, through the link in the mail. */
async function bothConnected(stack: BenchStack): Promise<{ main: Connection; standby: Connection }> {
  const down = (await connections(stack)).find(({ status }) => status !== 'connected');
  if (down) {
    const known = new Set(await links(stack, down.username));
    await stack.api.as(ADMIN).post(`/v1/connections/${down.id}/reconnect`);
    const link = await until('the mail', async () => (await links(stack, down.username)).find((each) => !known.has(each)));
    const client = new FormClient({ followCallback: true });
    await walk(client, await client.open(link), down.username);
  }
  const now = await connections(stack);
  const [main, standby] = [now.find(({ role }) => role === 'main'), now.find(({ role }) => role === 'standby')];
  if (main?.status !== 'connected' || standby?.status !== 'connected') throw new Error('two users should be connected');
  return { main, standby };
}

async function connections(stack: BenchStack): Promise<Connection[]> {
  return (await stack.api.as(ADMIN).get<{ items: Connection[] }>('/v1/connections')).items;
}

async function links(stack: BenchStack, username: string): Promise<string[]> {
  const response = await fetch(`http://localhost:${stack.ports.mail}/__sandbox/mails?to=${encodeURIComponent(username)}`);
  const { items } = (await response.json()) as { items: { text: string }[] };
  return items.flatMap(({ text }) => /https?:\/\/\S+\/connect\/invite\/[\w-]+/.exec(text)?.[0] ?? []);
}

async function control(stack: BenchStack, method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
}

const slow = (stack: BenchStack) => control(stack, 'POST', '/faults', { match: { path: '/services/' }, action: { latencyMs: LATENCY_MS } });
