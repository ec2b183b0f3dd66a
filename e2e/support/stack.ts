/** Everything at once (service, org, carriers, mailbox, Lightning page) on free ports and in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import type { Stack, StackOptions } from '../../sandbox/stack/types.ts';

export interface TestStack extends Stack {
  /** Of the Lightning page. */
  url: string;
}

/** `close` also removes the folder. */
export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'switchboard-'));
  try {
    const ports = await freePorts();
    const stack = await startStack({ ports, dataDir, sample: 'connected', ...options });
    return Object.assign(stack, {
      url: `http://localhost:${ports.lightning}`,
      close: closing(stack.close, dataDir),
    });
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

function closing(close: () => Promise<void>, folder: string): () => Promise<void> {
  return async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
}
