/** Everything at once (service, org, carriers, mailbox, Lightning page) on free ports and in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import type { Stack, StackOptions } from '../../sandbox/stack/types.ts';
import { createEmptyPostgres } from '../../service/src/platform/db/test-database.ts';

export interface TestStack extends Stack {
  /** Of the Lightning page. */
  url: string;
}

/** `close` also removes the folder. On the server of `TEST_DATABASE_URL` the service gets a database of its own, else the embedded one. */
export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'switchboard-'));
  const server = process.env['TEST_DATABASE_URL'];
  const database = server ? await createEmptyPostgres(server) : undefined;
  const clean = async () => {
    rmSync(dataDir, { recursive: true, force: true });
    await database?.drop();
  };
  try {
    const ports = await freePorts();
    const env = { ...(database && { DATABASE_URL: database.url }), ...options.env };
    const stack = await startStack({ ports, dataDir, sample: 'connected', ...options, env });
    return Object.assign(stack, {
      url: `http://localhost:${ports.lightning}`,
      close: closing(stack.close, clean),
    });
  } catch (error) {
    await clean();
    throw error;
  }
}

function closing(close: () => Promise<void>, clean: () => Promise<void>): () => Promise<void> {
  return async () => {
    await close();
    await clean();
  };
}
