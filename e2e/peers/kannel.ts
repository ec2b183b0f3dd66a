/** Kannel 1.4 (Debian package `kannel`) as a client of the sandbox's SMSC: its two boxes as child processes, its files in a folder of their own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { eventually } from '../../sandbox/carrier/test-helpers.ts';

/** Whether bearerbox and smsbox are installed; they live in /usr/sbin, which is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
export const hasKannel = ['bearerbox', 'smsbox'].every(
  (box) => spawnSync(box, ['--version'], { env, stdio: 'ignore' }).error === undefined,
);

/** One connection of Kannel to the SMSC. */
export interface KannelSmsc {
  /** System id, and Kannel's own name of the connection. */
  id: string;
  password: string;
  /** One transceiver, or a transmitter and a receiver. */
  binds: 'one' | 'two';
  /** Further lines of its `smsc` group. */
  more?: string;
}

/** A call of the address that Kannel has for what comes in (`/mo`) or for reports on what it sent (`/dlr`). */
export interface KannelCall {
  path: string;
  params: Record<string, string>;
}

export interface KannelText {
  smsc: string;
  from: string;
  to: string;
  text: string;
  /** Comes back in the reports. */
  name: string;
}

export interface Kannel {
  calls: readonly KannelCall[];
  /** Hands a text to smsbox; resolves when Kannel has taken it. */
  send(text: KannelText): Promise<void>;
  /** Kinds of report on the text of this name so far: 8 taken by the SMSC, 16 refused by it, 1 delivered, 2 not delivered. */
  reports(name: string): number[];
  /** Texts that came in from this phone over any connection. */
  texts(phone: string): string[];
  /** The connection's line on Kannel's status page. */
  status(id: string): Promise<string>;
  /** What bearerbox has logged. */
  log(): string;
  /** smsbox first, then bearerbox, each in its own way. */
  stop(): Promise<void>;
}

/** Starts both boxes on free ports of 127.0.0.1 and waits until the first connection is up. */
export async function startKannel(smscPort: number, smscs: readonly KannelSmsc[]): Promise<Kannel> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kannel-'));
  const { service: adminPort, operator: boxPort, lightning: sendPort } = await freePorts();
  const calls: KannelCall[] = [];
  const hook = createWebServer((request, response) => {
    const [at = '', query = ''] = (request.url ?? '').split('?');
    calls.push({ path: at, params: readQuery(query) });
    response.end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
  writeFileSync(path.join(folder, 'kannel.conf'), configuration({ adminPort, boxPort, sendPort, hookUrl, smscPort, smscs }));

  const boxes: Box[] = [];
  const kannel: Kannel = {
    calls,
    async send({ smsc, from, to, text, name }) {
      const report = `${hookUrl}/dlr?name=${encodeURIComponent(name)}&kind=%d`;
      const gsm = /^[ -~]*$/.test(text);
      const query = new URLSearchParams({
        username: 'test',
        password: 'test',
        smsc,
        from,
        to,
        text,
        charset: 'UTF-8',
        coding: gsm ? '0' : '2',
      });
      const answer = await fetch(
        `http://127.0.0.1:${sendPort}/cgi-bin/sendsms?${String(query)}&dlr-mask=31&dlr-url=${encodeURIComponent(report)}`,
      );
      const words = await answer.text();
      if (answer.status !== 202) throw new Error(`sendsms answered ${answer.status}: ${words}`);
    },
    reports: (name) =>
      calls.filter((call) => call.path === '/dlr' && call.params['name'] === name).map((call) => Number(call.params['kind'])),
    texts: (phone) => calls.filter((call) => call.path === '/mo' && call.params['from'] === phone).map((call) => call.params['text'] ?? ''),
    status: async (id) => (await statusPage(adminPort)).split('\n').find((line) => line.includes(`${id}[${id}]`)) ?? '',
    log: () => readLog(folder),
    async stop() {
      for (const box of boxes.splice(0).reverse()) await box.stop();
      hook.closeAllConnections();
      hook.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    boxes.push(startBox('bearerbox', folder));
    await eventually('bearerbox answers', async () => boxes[0]?.check() && (await statusPage(adminPort)) !== '');
    boxes.push(startBox('smsbox', folder));
    await eventually('smsbox is connected', async () => boxes[1]?.check() && (await statusPage(adminPort)).includes('smsbox:'));
    const [first] = smscs;
    if (first) await eventually('Kannel is bound', async () => (await kannel.status(first.id)).includes('online'));
    return kannel;
  } catch (error) {
    const log = kannel.log();
    await kannel.stop();
    throw new Error(`Kannel did not start: ${(error as Error).message}\n${log.slice(-2_000)}`, { cause: error });
  }
}

interface Box {
  /** True; throws when the process has ended. */
  check(): true;
  stop(): Promise<void>;
}

function startBox(program: string, folder: string): Box {
  const child: ChildProcess = spawn(program, ['kannel.conf'], { cwd: folder, env, stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    check: () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${program} ended`);
      return true;
    },
    async stop() {
      const late = setTimeout(kill, 5_000);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      clearTimeout(late);
      process.off('exit', kill);
    },
  };
}

/** Empty while bearerbox is not up. */
async function statusPage(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/status.txt?password=test`).catch(() => undefined);
  return answer?.ok ? answer.text() : '';
}

function readLog(folder: string): string {
  try {
    return readFileSync(path.join(folder, 'bearerbox.log'), 'utf8');
  } catch {
    return '';
  }
}

/** Kannel writes octets into its queries: UTF-8, or UTF-16 where the text has the coding 2. */
function readQuery(query: string): Record<string, string> {
  const octets = new Map(
    query.split('&').map((pair): [string, Buffer] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), octetsOf(pair.slice(at + 1))];
    }),
  );
  const wide = octets.get('coding')?.toString() === '2';
  return Object.fromEntries(
    [...octets].map(([name, value]) => [name, wide && name === 'text' ? value.swap16().toString('utf16le') : value.toString('utf8')]),
  );
}

function octetsOf(value: string): Buffer {
  const text = value.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

interface Places {
  adminPort: number;
  boxPort: number;
  sendPort: number;
  hookUrl: string;
  smscPort: number;
  smscs: readonly KannelSmsc[];
}

/** Waiting times are at their shortest: Kannel's own are ten seconds to connect again and a minute to send again. */
function configuration({ adminPort, boxPort, sendPort, hookUrl, smscPort, smscs }: Places): string {
  const smsc = ({ id, password, more = '' }: KannelSmsc, port: string): string => `
group = smsc
smsc = smpp
smsc-id = ${id}
allowed-smsc-id = ${id}
host = 127.0.0.1
${port} = ${smscPort}
smsc-username = "${id}"
smsc-password = "${password}"
system-type = ""
interface-version = 34
enquire-link-interval = 2
reconnect-delay = 1
max-pending-submits = 10
${more}
`;
  const groups = smscs.map((one) =>
    one.binds === 'one'
      ? smsc({ ...one, more: `transceiver-mode = true\n${one.more ?? ''}` }, 'port')
      : smsc(one, 'port') + smsc(one, 'receive-port'),
  );
  return `
group = core
admin-port = ${adminPort}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = ${boxPort}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "bearerbox.log"
log-level = 1
store-type = file
store-location = "kannel.store"
dlr-storage = internal
sms-resend-freq = 1
${groups.join('')}
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendPort}
sendsms-interface = 127.0.0.1
log-file = "smsbox.log"
log-level = 1

group = sendsms-user
username = test
password = test
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "${hookUrl}/mo?from=%p&to=%P&coding=%c&text=%b"
`;
}
