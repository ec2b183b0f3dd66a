import { rmSync } from 'node:fs';
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { STANDARD_PORTS } from './stack/ports.ts';
import { startStack } from './stack/stack.ts';

/** `npm start`: the service, everything it talks to, and the Lightning page, on this machine only. `--watch` reloads pages on change, `--reset` begins anew. */
async function main(): Promise<void> {
  if (process.env['NODE_ENV'] === 'production')
    throw new Error('The sandbox never runs where NODE_ENV is production. Use "npm run service" there.');
  const dataDir = process.env['DATA_DIR'] ?? join(import.meta.dirname, '../.data');
  if (process.argv.includes('--reset')) rmSync(dataDir, { recursive: true, force: true });
  const startedAt = Date.now();
  const stack = await startStack({
    ports: STANDARD_PORTS,
    dataDir,
    sample: 'conversations',
    watch: process.argv.includes('--watch'),
    onProgress: (text) => console.log(`  … ${text}`),
    onOutput: (text) => process.stdout.write(text),
  });
  closeWithGrace({ delay: 25_000 }, async () => stack.close());
  const url = (port: number) => `http://localhost:${port}`;
  console.log(`
  Switchboard runs (started in ${((Date.now() - startedAt) / 1000).toFixed(0)} s). Open

    ${url(STANDARD_PORTS.lightning)}   Salesforce: the console, record pages and the setup tab
    ${url(STANDARD_PORTS.carrier)}   a customer's phone: read and answer texts
    ${url(STANDARD_PORTS.mail)}   everybody's mailbox
    ${url(STANDARD_PORTS.operator)}/docs   the service's API

  Everything listens on this machine only. Stop with Ctrl+C; "npm start -- --reset" begins anew.`);
}

main().catch((error: unknown) => {
  console.error(
    error instanceof Error && (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? `A port is in use: ${error.message}. Stop the other program first.`
      : error,
  );
  process.exit(1);
});
