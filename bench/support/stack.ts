import { createWriteStream, rmSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import type { ServiceProcess } from '../../sandbox/stack/service.ts';
import type { Stack, StackOptions } from '../../sandbox/stack/types.ts';
import { canPin, pin, SERVICE_CORE } from './cores.ts';
import { createBenchDatabase, whyNoPostgres, type BenchDatabase } from './database.ts';
import { makeFolder } from './folders.ts';
import { isProfiled, OUTPUT, PROFILES } from './output.ts';

export interface BenchStack extends Stack {
  /** Undefined on PGlite. */
  database: BenchDatabase | undefined;
  pinned: boolean;
  /** What the reader must know of how it ran. */
  notes: string[];
  /** Starts the service anew with other settings, on its own core. */
  restart(env: Record<string, string>): Promise<void>;
  /** Starts another process of the service over the same database, on the service's core as well. */
  beside(env: Record<string, string>): Promise<ServiceProcess>;
}

/** The whole product with a connected org: the service as its own process on its own core, on PostgreSQL where a server is named. */
export async function startBenchStack(name: string, options: Partial<StackOptions> = {}): Promise<BenchStack> {
  const dataDir = makeFolder();
  const database = (await whyNoPostgres()) ? undefined : await createBenchDatabase();
  const log = createWriteStream(path.join(OUTPUT, `${name}.log`));
  const clean = async (): Promise<void> => {
    await database?.close();
    rmSync(dataDir, { recursive: true, force: true });
    log.end();
  };
  try {
    const env = { ...(database && { DATABASE_URL: database.url }), ...profiling() };
    const stack = await startStack({
      ports: await freePorts(),
      dataDir,
      sample: 'connected',
      env,
      onOutput: (text) => log.write(text),
      ...options,
    });
    const pinned = canPin();
    const toItsCore = (): void => (pinned ? pin(stack.service.pid, SERVICE_CORE) : undefined);
    toItsCore();
    const close = stack.close.bind(stack);
    return Object.assign(stack, {
      database,
      pinned,
      notes: [
        database
          ? 'on PostgreSQL, whose processes run on whichever core the system gives them'
          : 'on PGlite (no server in TEST_DATABASE_URL)',
      ],
      async restart(more: Record<string, string>) {
        await stack.service.stop();
        await stack.startService(more);
        toItsCore();
      },
      async beside(more: Record<string, string>) {
        const { service } = stack;
        const { service: port, operator } = await freePorts();
        const other = await stack.startService({ PORT: String(port), OPERATOR_PORT: String(operator), ...more });
        stack.service = service;
        if (pinned) pin(other.pid, SERVICE_CORE);
        return other;
      },
      async close() {
        await close();
        await clean();
      },
    });
  } catch (error) {
    await clean();
    throw error;
  }
}

function profiling(): Record<string, string> {
  return isProfiled ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${PROFILES}` } : {};
}

/** The first account and number of the Twilio-compatible carrier, as the service knows them. */
export async function twilioTarget(stack: Stack): Promise<{ url: string; accountSid: string; authToken: string; number: string }> {
  const { items } = await stack.api
    .as('admin@sandbox.test')
    .get<{ items: { kind: string; webhookUrl?: string }[] }>('/v1/carrier-accounts');
  const account = items.find(({ kind }) => kind === 'twilio');
  const known = (await (await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/accounts`)).json()) as {
    twilio: { accountSid: string; authToken: string; numbers: { number: string }[] }[];
  };
  const [first] = known.twilio;
  const number = first?.numbers[0]?.number;
  if (!account?.webhookUrl || !first || !number) throw new Error('the sandbox has no Twilio-compatible account');
  return { url: account.webhookUrl, accountSid: first.accountSid, authToken: first.authToken, number };
}
