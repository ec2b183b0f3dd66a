/** The disk under the embedded database is full for a while: nothing is accepted that is not kept, and what was accepted is sent once there is room. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleAccounts } from '../sandbox/carrier/accounts.ts';
import { signedText } from '../sandbox/carrier/twilio/signed-text.ts';
import { freePorts } from '../sandbox/stack/ports.ts';
import { startStack } from '../sandbox/stack/stack.ts';
import type { Stack } from '../sandbox/stack/types.ts';
import { OURS } from './prove/our-numbers.ts';

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
    const env = { DATA_DIR: path.join(disk, 'data'), LOG_LEVEL: 'silent', CARRIER_POLL_SECONDS: '2' };
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

  /** Texts of customers at both carriers. */
  const handed = (['twilio', 'smpp'] as const).flatMap((carrier) =>
    Array.from({ length: 10 }, (_, index) => ({
      carrier,
      from: `+14152610${100 + index}`,
      to: OURS[carrier],
      body: `${carrier} ${index}`,
    })),
  );
  async function handOver(text: (typeof handed)[number]): Promise<void> {
    const body = JSON.stringify(text);
    const answer = await fetch(`${stack.carrier.url}/__sandbox/inbound`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBeLessThan(300);
  }
  /** A text as the carrier's webhook brings it. */
  async function webhook(index: number): Promise<{ body: string; post: () => Promise<number> }> {
    const { items } = await stack.api
      .as('admin@sandbox.test')
      .get<{ items: { kind: string; webhookUrl: string }[] }>('/v1/carrier-accounts');
    const [account] = sampleAccounts().twilio;
    const url = items.find(({ kind }) => kind === 'twilio')?.webhookUrl;
    if (!account || !url) throw new Error('the sample has no account that takes webhooks');
    const body = `webhook ${index} ${'words '.repeat(200)}`.trim();
    const shot = signedText({ ...account, url }, { from: '+14152620100', to: OURS.twilio, body });
    const target = new URL(shot.path, `http://localhost:${stack.ports.service}`);
    return { body, post: async () => (await fetch(target, shot)).status };
  }
  const inOrg = (expected: readonly string[]) =>
    stack.salesforce.org
      .query('SELECT Body__c, Direction__c FROM Message__c')
      .filter((row) => row['Direction__c'] === 'Inbound')
      .map((row) => row['Body__c'] as string)
      .filter((body) => expected.includes(body))
      .sort();

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

    const shots: Awaited<ReturnType<typeof webhook>>[] = [];
    let status = 200;
    while (status === 200 && shots.length < 500) {
      const shot = await webhook(shots.length);
      shots.push(shot);
      status = await shot.post();
    }
    expect(status).toBe(503);
    for (const text of handed) await handOver(text);

    rmSync(filler);
    expect(await send(last)).toMatchObject({ http: 202 });
    for (const { post } of shots) expect([await post(), await post()]).toEqual([200, 200]);
    const all = Array.from({ length: last + 1 }, (_, index) => index);
    await expect.poll(async () => (await Promise.all(all.map(received))).every((times) => times > 0), { timeout: 60_000 }).toBe(true);
    // A second one would have followed at once.
    expect(await Promise.all(all.map(received))).toEqual(all.map(() => 1));
    // What customers wrote meanwhile comes from the carriers, which still have it.
    const expected = [...handed, ...shots].map(({ body }) => body);
    await expect.poll(() => inOrg(expected), { timeout: 90_000 }).toEqual(expected.toSorted());
    expect((await fetch(`http://localhost:${stack.ports.service}/readyz`)).status).toBe(200);
  }, 300_000);
});
