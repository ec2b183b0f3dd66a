import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from './ports.ts';

const MAIN = join(import.meta.dirname, '../../service/src/main.ts');
/**
 * As in `npm run service`: a small young generation, and an old one that is cleared before it has grown by half. On a machine with much memory
 * the process would otherwise take twice as much for the same work.
 */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=40'];
/** Compiled code of earlier starts: it halves what a start costs, and proofs and tests start the service hundreds of times. */
const COMPILED = join(import.meta.dirname, '../../build/compile-cache');
const READY_MS = 60_000;

export interface ServiceOptions {
  ports: Ports;
  dataDir: string;
  /** Added to or replacing the settings of the sandbox, for example DATABASE_URL or FAIL_POINTS. */
  env?: Record<string, string> | undefined;
  /** Another copy of the service's entry file; for proofs with a part taken out. */
  main?: string | undefined;
  onOutput(text: string): void;
}

export interface ServiceProcess {
  readonly pid: number;
  /** Resolves when the process ended, with its exit code or signal. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM and waits: the graceful way. */
  stop(): Promise<void>;
  /** `kill -9` and waits. */
  kill(): Promise<void>;
}

/** Starts the service as its own process, the same file that production starts, and waits until it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [...FLAGS, options.main ?? MAIN], {
    // A copy that is changed for a proof would only fill it.
    env: { ...process.env, ...(!options.main && { NODE_COMPILE_CACHE: COMPILED }), ...environment(options), ...options.env },
    // It ends itself when this end of its input is closed, so that it does not outlive a starter that dies.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', options.onOutput);
  child.stderr.setEncoding('utf8').on('data', options.onOutput);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  await ready(options.env?.['PORT'] ? Number(options.env['PORT']) : options.ports.service, child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return { pid: child.pid as number, exited, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Every setting the service needs in the sandbox: its peers are on this machine, so their hosts are allowed. */
export function environment({ ports, dataDir }: Pick<ServiceOptions, 'ports' | 'dataDir'>): Record<string, string> {
  const local = (port: number) => [`localhost:${port}`, `127.0.0.1:${port}`];
  return {
    NODE_ENV: 'development',
    SANDBOX_MODE: 'true',
    HOST: '127.0.0.1',
    PORT: String(ports.service),
    OPERATOR_PORT: String(ports.operator),
    PUBLIC_URL: `http://localhost:${ports.service}`,
    DATA_DIR: dataDir,
    ENCRYPTION_KEYS: `sandbox:${encryptionKey(dataDir)}`,
    SALESFORCE_CLIENT_ID: 'switchboard-sandbox',
    SALESFORCE_CLIENT_SECRET: 'switchboard-sandbox-secret',
    SALESFORCE_PRODUCTION_LOGIN: `http://localhost:${ports.salesforce}`,
    SALESFORCE_SANDBOX_LOGIN: `http://localhost:${ports.salesforce}`,
    SALESFORCE_PUBSUB: `http://127.0.0.1:${ports.pubsub}`,
    ALLOWED_HOSTS: [
      'localhost',
      '127.0.0.1',
      ...local(ports.salesforce),
      ...local(ports.carrier),
      ...local(ports.smpp),
      ...local(ports.smtp),
      ...local(ports.lightning),
    ].join(','),
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}?ignoreTLS=true`,
    MAIL_FROM: 'Switchboard <switchboard@sandbox.test>',
    REQUESTS_PER_MINUTE: '0',
    LOG_LEVEL: 'warn',
  };
}

/** Made once and kept beside the database, so that tokens stay readable over restarts. */
function encryptionKey(dataDir: string): string {
  const file = join(dataDir, 'encryption-key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the service ended (${child.exitCode ?? child.signalCode}) before it was ready`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error('the service was not ready within a minute');
}
