import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../rig.test-helper.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { claimLane, releaseLease } from '../../platform/lanes/lease.ts';
import { createLogger } from '../../platform/log.ts';
import { addAccount, addOrg } from '../store.test-helper.ts';
import { findAccount, listAllAccounts, saveAccount, saveAccountState } from '../store/accounts.ts';
import type { CarrierAccount } from '../types.ts';
import { createSupervisor } from './supervisor.ts';

let database: Database;
let orgId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
});
afterAll(() => database.close());

const find = async (id: string) => (await findAccount(database.db, id))!;

describe('the supervisor', () => {
  const account = (label: string): CarrierAccount & { taken: boolean } => ({
    id: randomUUID(),
    orgId: randomUUID(),
    kind: 'smpp',
    label,
    settings: {},
    secret: '',
    ratePerSecond: 1,
    windowSize: 1,
    state: 'connected',
    stateText: '',
    stateSince: new Date(),
    polledUntil: null,
    polledNumbers: [],
    taken: false,
  });

  it('starts new accounts while a changed one still waits for its carrier, and asks for none that is taken', async () => {
    const [slow, late, taken] = [account('slow'), account('late'), { ...account('taken'), taken: true }];
    let listed = [slow, taken];
    const started: string[] = [];
    let free = () => {};
    const drained = new Promise<void>((resolve) => (free = resolve));
    const supervisor = createSupervisor({
      logger: createLogger({ level: 'fatal' }),
      listAccounts: () => Promise.resolve(listed),
      start: ({ label }) => {
        started.push(label);
        return Promise.resolve({
          wake: () => {},
          stop: () => (label === 'slow' ? drained : Promise.resolve()),
          ended: label === 'slow' ? drained.then(() => 'stopped' as const) : new Promise<never>(() => {}),
        });
      },
      onRefused: () => Promise.resolve(),
    });
    supervisor.start();
    try {
      await until('the first one works', () => started.length === 1);
      listed = [{ ...slow, secret: 'new' }, taken, late];
      await until('the other one works', () => started.includes('late'));
      expect(started).toEqual(['slow', 'late']);
    } finally {
      free();
      await supervisor.stop();
    }
  });

  it('learns from one look which accounts a worker has', async () => {
    const [held, free] = [await addAccount(database.db, orgId, 'smpp'), await addAccount(database.db, orgId, 'smpp')];
    const lease = await claimLane(database.db, { orgId, purpose: 'carrier', key: held }, 'somebody', 60_000);
    const taken = async () =>
      (await listAllAccounts(database.db))
        .filter(({ id }) => [held, free].includes(id) && id)
        .flatMap(({ id, taken: is }) => (is ? [id] : []));
    expect(await taken()).toEqual([held]);
    await releaseLease(database.db, lease!);
    expect(await taken()).toEqual([]);
  });
});

describe('a changed account', () => {
  it('stays connected under another label, and connects anew with other settings', async () => {
    const id = await addAccount(database.db, orgId, 'smpp');
    await saveAccountState(database.db, orgId, id, 'connected', 'bound');
    const before = await find(id);
    await saveAccount(database.db, { ...before, label: 'Another label' });
    expect(await find(id)).toEqual({ ...before, label: 'Another label' });
    for (const change of [{ windowSize: 3 }, { ratePerSecond: 2.5 }, { secret: 'x' }, { settings: { host: 'smsc.example.com' } }]) {
      await saveAccountState(database.db, orgId, id, 'connected', 'bound');
      await saveAccount(database.db, { ...(await find(id)), ...change });
      expect(await find(id)).toMatchObject({ ...change, state: 'connecting', stateText: '' });
    }
  });
});
