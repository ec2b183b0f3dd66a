import { fstatSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './platform/log.ts';
import { startTracing } from './platform/tracing.ts';

/** How long work under way may take after a signal before the process ends anyway. */
const GRACE_MS = 20_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger({ level: config.logLevel });
  const stopTracing = await startTracing(config.tracingEndpoint);
  const { startApp } = await import('./app.ts');
  const app = await startApp(config, logger);
  if (config.sandbox && fstatSync(0).isSocket()) process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume(); // the program that started it is gone
  closeWithGrace(
    { delay: GRACE_MS, logger: { error: (error) => logger.fatal({ err: error }, 'stopping after an unexpected error') } },
    async ({ signal, err }) => {
      if (err) logger.fatal({ err }, 'stopping after an unexpected error: nothing new is taken, what is under way is finished');
      else logger.info({ signal }, 'stopping: nothing new is taken, what is under way is finished');
      await app.close();
      await stopTracing();
    },
  );
  logger.info({ role: config.role, port: app.port, operatorPort: app.operatorPort, database: app.database }, 'Switchboard is ready');
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else createLogger({ level: 'fatal' }).fatal({ err: error }, 'Switchboard could not start');
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 100).unref();
});
