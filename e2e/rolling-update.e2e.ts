/**
 * A new version starts while the old one still runs: the service as it was before its newest migration, one process after the other is replaced
 * by today's, and traffic goes on: old and new work beside each other on the new tables, and nothing is lost or doubled. The old one runs on today's
 * node_modules: what only it imports (@fastify/helmet) stays a development dependency until the next migration.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from './prove/schedule.ts';
import { createWorlds, type Worlds } from './prove/worlds.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const server = process.env['TEST_DATABASE_URL'];

const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout.trim();

/** The last commit without the newest migration, whatever its number; undefined in a checkout without its history. */
function before(): string | undefined {
  const added = git('log', '-1', '--format=%H', '--diff-filter=A', '--', 'service/migrations');
  return added ? git('rev-parse', '--verify', '--quiet', `${added}^`) || undefined : undefined;
}

const old = before();
const why = !server ? ' (needs TEST_DATABASE_URL)' : !old ? ' (needs the history of the checkout)' : '';

const text = (at: number, person: number): Step[] => [
  { at, do: 'outbound', carrier: person % 2 ? 'smpp' : 'twilio', person, long: person === 3, times: 1 },
  { at: at + 20, do: 'inbound', carrier: person % 2 ? 'twilio' : 'smpp', person, long: person === 2 },
];
const traffic = [0, 400, 800, 1_200, 1_600].flatMap((at) => [0, 1, 2, 3].flatMap((person) => text(at, person)));

describe.skipIf(why)(`the version before the newest migration beside this one${why}`, () => {
  let folder: string;
  let worlds: Worlds;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'before-'));
    const files = spawnSync('git', ['archive', old as string, 'service', 'force-app', 'docs/errors', 'package.json'], {
      cwd: ROOT,
      maxBuffer: 1 << 30,
    });
    expect(spawnSync('tar', ['-x', '-C', folder], { input: files.stdout }).status).toBe(0);
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    worlds = createWorlds(server as string, { main: path.join(folder, 'service/src/main.ts') });
  });
  afterAll(async () => {
    await worlds?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('nothing is lost and nothing doubled while one process after the other is replaced', async () => {
    const update = (at: number, index: number): Step => ({ at, do: 'process', fault: 'update', index, point: 'carrier.before-submit' });
    for (const steps of [traffic, [...traffic, update(500, 1)], traffic, [...traffic, update(500, 0)], traffic]) {
      const { record } = await worlds.play(
        0,
        [...steps].sort((a, b) => a.at - b.at),
      );
      expect(record.failures).toEqual([]);
    }
  }, 300_000);
});
