/** Clone → first answered text, with the two commands of the README and nothing else. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SAMPLE_NUMBERS } from '../../sandbox/salesforce/sample/sample.ts';
import { STANDARD_PORTS } from '../../sandbox/stack/ports.ts';
import { until } from '../support/console.ts';
import { makeFolder } from '../support/folders.ts';
import { OUTPUT, say } from '../support/output.ts';
import type { Figure, Measured, Skipped } from '../support/result.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CUSTOMER = SAMPLE_NUMBERS.single;
const START_MS = 8 * 60_000;
const STOP_MS = 30_000;
const QUESTION = 'Is this the first text?';
const ANSWER = 'It is, and this is the first answer.';

export async function run(): Promise<Measured | Skipped> {
  const inTheWay = await portsInTheWay();
  if (inTheWay) return { skipped: inTheWay };
  const folder = makeFolder();
  const clone = path.join(folder, 'switchboard');
  const log = createWriteStream(path.join(OUTPUT, 'first-answer.log'));
  const steps: Figure[] = [];
  const timed = async (name: string, work: () => Promise<void>): Promise<void> => {
    say(name);
    const began = performance.now();
    await work();
    steps.push({ name: `  ${name}`, value: (performance.now() - began) / 1_000, unit: 's' });
  };
  let product: Running | undefined;
  try {
    await timed('git clone', () => finished(start('git', ['clone', '--quiet', ROOT, clone], folder, log)));
    await timed('npm ci, packages from npm’s cache', () => finished(start('npm', ['ci', '--prefer-offline'], clone, log)));
    const builds = !existsSync(path.join(clone, 'build/lightning'));
    const nowInTheWay = await portsInTheWay(); // else somebody else's product would be measured
    if (nowInTheWay) return { skipped: nowInTheWay };
    await timed('npm start until its page answers, first build of the base components included', async () => {
      product = start('npm', ['start'], clone, log);
      await Promise.race([product.said('Switchboard runs'), endedEarly(product)]);
      await untilAnswering();
    });
    await timed('a text sent and answered', firstAnswer);
    const total = steps.reduce((sum, { value }) => sum + value, 0);
    return {
      figures: [{ name: 'clone → first answered text', value: total, unit: 's', must: { atMost: 300 } }, ...steps],
      invalid: builds ? [] : ['the clone brought built base components along'],
      notes: [
        `on ${os.cpus().length} cores, nothing pinned; ${uncommitted()}the time to read the README and the download of the packages are not in it`,
      ],
      samples: { steps },
    };
  } finally {
    await product?.stop();
    log.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The agent writes through the service's API, the phone gets it and answers, and the answer stands in the org. */
async function firstAnswer(): Promise<void> {
  const info = await getJson<{ apiKey: string; ourNumber: string }>(STANDARD_PORTS.lightning, '/__sandbox/info');
  const { id, conversationId } = await postJson<{ id: string; conversationId: string }>(
    STANDARD_PORTS.service,
    '/v1/messages',
    { to: CUSTOMER, from: info.ourNumber, body: QUESTION },
    { authorization: `Bearer ${info.apiKey}`, 'idempotency-key': `first-answer-${process.pid}` },
  );
  if (!id) throw new Error('the text was not accepted');
  await until('the text is on the phone', async () => {
    const { messages } = await getJson<{ messages: { body: string }[] }>(
      STANDARD_PORTS.carrier,
      `/__sandbox/phones/${encodeURIComponent(CUSTOMER)}`,
    );
    return messages.some(({ body }) => body === QUESTION);
  });
  await postJson(STANDARD_PORTS.carrier, '/__sandbox/inbound', { from: CUSTOMER, to: info.ourNumber, body: ANSWER });
  const { accessToken } = await postJson<{ accessToken: string }>(STANDARD_PORTS.salesforce, '/__sandbox/token', {
    username: 'agent@sandbox.test',
  });
  const query = `SELECT Body__c FROM Message__c WHERE Conversation__r.ExternalId__c = '${conversationId}' ORDER BY Sequence__c DESC LIMIT 5`;
  await until('the answer is in the org', async () => {
    const { records } = await getJson<{ records: { Body__c: string }[] }>(
      STANDARD_PORTS.salesforce,
      `/services/data/v65.0/query?q=${encodeURIComponent(query)}`,
      { authorization: `Bearer ${accessToken}` },
    );
    return records.some(({ Body__c }) => Body__c === ANSWER);
  });
}

async function untilAnswering(): Promise<void> {
  const url = `http://localhost:${STANDARD_PORTS.lightning}/lightning/n/Switchboard_Console`;
  const isUp = async () => (await fetch(url).catch(() => undefined))?.ok;
  await until('the page', isUp);
}

interface Running {
  ended: Promise<number | null>;
  /** Resolves when that stands in its output. */
  said(text: string): Promise<void>;
  stop(): Promise<void>;
}

function start(program: string, parameters: string[], cwd: string, log: NodeJS.WritableStream): Running {
  const child = spawn(program, parameters, { cwd, env: asNewcomer(), stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    ended,
    said: async (text) => void (await until(`“${text}” in its output`, () => output.includes(text), START_MS)),
    async stop() {
      const family = familyOf(child.pid as number);
      signal(family, 'SIGTERM');
      const timer = setTimeout(() => signal(family, 'SIGKILL'), STOP_MS);
      await ended;
      await until('what npm start began has ended', () => family.every((pid) => !isRunning(pid)), STOP_MS);
      clearTimeout(timer);
    },
  };
}

/** A process and all that it started: npm hands no signal to what its script started. */
function familyOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) family.push(...pairs.filter(([, of]) => of === parent).map(([child]) => child as number));
  return family;
}

/** Whoever ended meanwhile needs no signal. */
function signal(family: number[], name: NodeJS.Signals): void {
  for (const pid of family) send(pid, name);
}

function isRunning(pid: number): boolean {
  return send(pid, 0);
}

function send(pid: number, what: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, what);
  } catch {
    return false;
  }
}

async function finished({ ended }: Running): Promise<void> {
  const code = await ended;
  if (code !== 0) throw new Error(`it ended with ${code}; build/bench/first-answer.log tells why`);
}

async function endedEarly({ ended }: Running): Promise<never> {
  throw new Error(`npm start ended with ${await ended}; build/bench/first-answer.log tells why`);
}

/** Without what npm and this checkout put into the environment of a package script. */
function asNewcomer(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_|DATABASE_URL$|TEST_DATABASE_URL$|DATA_DIR$|INIT_CWD$)/.test(name),
  );
  const PATH = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((entry) => !entry.includes(`node_modules${path.sep}`))
    .join(path.delimiter);
  return { ...Object.fromEntries(kept), PATH };
}

function uncommitted(): string {
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: ROOT, encoding: 'utf8' });
  return stdout.trim() === '' ? '' : 'changes that are not committed were left out; ';
}

/** Why npm start could not have its ports; undefined when they are free. */
async function portsInTheWay(): Promise<string | undefined> {
  const ports = Object.values(STANDARD_PORTS) as number[];
  const taken = await Promise.all(ports.map(isTaken));
  const names = ports.filter((_, index) => taken[index]).join(', ');
  return names ? `npm start needs its own ports, and something listens on ${names}` : undefined;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

async function getJson<T>(port: number, address: string, headers: Record<string, string> = {}): Promise<T> {
  return answerOf<T>(await fetch(`http://localhost:${port}${address}`, { headers }));
}

async function postJson<T>(port: number, address: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  return answerOf<T>(await fetch(`http://localhost:${port}${address}`, init));
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
