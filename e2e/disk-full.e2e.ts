/** The disk under the embedded database is full for a while: nothing is accepted that is not kept, and what was accepted is sent once there is room. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../sandbox/stack/ports.ts';
import { startStack } from '../sandbox/stack/stack.ts';
import type { Stack } from '../sandbox/stack/types.ts';

const DISK_MB = 60;
const mount = (disk: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk]).status === 0;
const unmount = (disk: string) => spawnSync('umount', [disk]);

function mayMount(): boolean {
  const probe = mkdtempSync(path.join(os.tmpdir(), 'disk-probe-'));
  const may = mount(probe);
  if (may) unmount(probe);
  rmSync(probe, { recursive: true });
  return may;
}

const can = mayMount();
const why = can ? '' : ' (needs the right to mount a small disk)';

describe.skipIf(!can)(`a full disk${why}`, () => {
  let stack: Stack;
  let folder: string;
  let disk: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'disk-'));
    disk = path.join(folder, 'small');
    mkdirSync(disk);
    expect(mount(disk)).toBe(true);
    const env = { DATA_DIR: path.join(disk, 'data'), LOG_LEVEL: 'silent' };
    stack = await startStack({ ports: await freePorts(), dataDir: path.join(folder, 'data'), sample: 'connected', lightning: false, env });
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
    unmount(disk);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const phone = (index: number) => `+14152600${100 + index}`;
  async function send(index: number): Promise<{ http: number; code: string | undefined }> {
    const answer = await fetch(`http://localhost:${stack.ports.service}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.apiKey()}`, 'content-type': 'application/json', 'idempotency-key': `full-disk-${index}` },
      body: JSON.stringify({ to: phone(index), body: `${index} ${'a long text '.repeat(70)}` }),
    });
    return { http: answer.status, code: ((await answer.json()) as { code?: string }).code };
  }
  async function received(index: number): Promise<number> {
    const report = (await (await fetch(`${stack.carrier.url}/__sandbox/phones/${encodeURIComponent(phone(index))}`)).json()) as {
      messages: { direction: string }[];
    };
    return report.messages.filter(({ direction }) => direction === 'received').length;
  }

  it('refuses what it cannot keep, loses nothing that it took, and goes on when there is room again', async () => {
    expect(await send(0)).toMatchObject({ http: 202 });
    const filler = path.join(disk, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(DISK_MB * 2 ** 20))).toThrow(/ENOSPC/);
    let last = 0;
    let refused: Awaited<ReturnType<typeof send>> | undefined;
    while (!refused && last < 500) {
      last += 1;
      const answer = await send(last);
      if (answer.http !== 202) refused = answer;
    }
    expect(refused).toMatchObject({ http: 503, code: 'unavailable' });

    rmSync(filler);
    expect(await send(last)).toMatchObject({ http: 202 });
    const all = Array.from({ length: last + 1 }, (_, index) => index);
    await expect.poll(async () => (await Promise.all(all.map(received))).every((times) => times > 0), { timeout: 60_000 }).toBe(true);
    // A second one would have followed at once.
    expect(await Promise.all(all.map(received))).toEqual(all.map(() => 1));
    expect((await fetch(`http://localhost:${stack.ports.service}/readyz`)).status).toBe(200);
  }, 180_000);
});
