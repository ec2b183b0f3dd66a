import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './db/database.ts';
import { createTestDatabase } from './db/test-database.ts';
import { startJobs, type JobKind } from './jobs.ts';
import { createLogger } from './log.ts';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const ran: string[] = [];
let failures = 0;
const kinds: JobKind<{ word: string }>[] = [
  { name: 'note', run: async ({ word }) => void ran.push(word) },
  // A kind of its own: when its minute comes in the middle of this test, what `note` saw is not touched.
  { name: 'on-a-schedule', cron: '*/5 * * * *', run: async () => {} },
  {
    name: 'fails-once',
    retryLimit: 0,
    run: async () => {
      failures += 1;
      throw new Error('the peer said +14155550123');
    },
  },
];

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('jobs', () => {
  it('are kept by a process that does not work on them, and done by the next one', async () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    const web = await startJobs({ database, kinds, work: false, logger });
    await web.send('note', { word: 'kept' });
    await web.send('fails-once', {});
    await web.stop();
    expect(ran).toEqual([]);
    expect((await sql`select name from pgboss.schedule`.execute(database.db)).rows).toEqual([]);

    const worker = await startJobs({ database, kinds, work: true, logger });
    await until(() => ran.includes('kept') && failures === 1 && lines.length > 0);
    const { rows } = await sql`select name, cron, timezone from pgboss.schedule`.execute(database.db);
    expect(rows).toEqual([{ name: 'on-a-schedule', cron: '*/5 * * * *', timezone: 'UTC' }]);
    expect(lines.join('')).toContain('"job":"fails-once"');
    expect(lines.join('')).not.toContain('4155550123');
    await worker.stop();

    const again = await startJobs({ database, kinds, work: true, logger });
    await again.send('note', { word: 'after a restart' });
    await until(() => ran.includes('after a restart'));
    expect(ran).toEqual(['kept', 'after a restart']);
    await again.stop();
  });
});
