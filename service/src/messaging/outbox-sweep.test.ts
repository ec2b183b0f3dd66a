import { expect, it } from 'vitest';
import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import { createLogger } from '../platform/log.ts';
import type { OrgAccess } from './org/access.ts';
import { createOutboxSweep } from './outbox-sweep.ts';
import type { Messaging } from './service.ts';

const PAGE = 200;

/** An org with so many rows left behind, none of which it lets us write. */
function refusingOrg(rows: number) {
  const waiting = Array.from({ length: rows }, (_, index) => ({
    Id: String(index).padStart(15, '0'),
    ClientKey__c: String(index),
    // Three rows a second: a page ends within one.
    CreatedDate: `${new Date(Date.UTC(2026, 0, 1) + Math.floor(index / 3) * 1_000).toISOString().slice(0, 19)}.000+0000`,
    CreatedById: '005',
  }));
  const org = { refuses: true, taken: [] as string[], waiting };
  const query = (soql: string) => {
    const [, time = '', id = ''] = /CreatedDate > (\S+) OR .* Id > '(\d+)'/.exec(soql) ?? [];
    const behind = org.waiting.filter(
      (row) => Date.parse(row.CreatedDate) > (Date.parse(time) || 0) || (Date.parse(row.CreatedDate) === Date.parse(time) && row.Id > id),
    );
    return Promise.resolve({ records: behind.slice(0, PAGE) });
  };
  const updateCollection = (_object: string, updates: { Id: string }[]) => {
    if (!org.refuses) org.waiting = org.waiting.filter((row) => !updates.some(({ Id }) => Id === row.Id));
    return Promise.resolve(updates.map(() => ({ success: !org.refuses, errors: [] })));
  };
  const sf = { query, updateCollection } as unknown as SalesforceClient;
  const sweep = createOutboxSweep({
    messaging: {
      sendBatch: (_org: string, _user: string, [message]: { key: string }[]) => {
        if (message) org.taken.push(message.key);
        return Promise.resolve([{ status: 'queued', id: 'id' }]);
      },
    } as unknown as Messaging,
    access: { call: (_org: string, work: (sf: SalesforceClient) => unknown) => work(sf), heldBy: () => undefined } as unknown as OrgAccess,
    listOrgs: () => Promise.resolve([{ id: 'org' }]),
    logger: createLogger({ level: 'silent' }),
    now: () => new Date(Date.UTC(2026, 1, 1)),
  });
  return { org, sweep };
}

it('rows that the org does not let us write cost five pages a round; the next one goes on behind them, and begins anew at the end', async () => {
  const { org, sweep } = refusingOrg(1_500);
  const round = async () => {
    org.taken = [];
    await sweep();
    return [org.taken.length, Number(org.taken[0]), new Set(org.taken).size];
  };
  expect(await round()).toEqual([1_000, 0, 1_000]);
  expect(await round()).toEqual([500, 1_000, 500]);
  expect(await round()).toEqual([1_000, 0, 1_000]);
  org.refuses = false;
  await round();
  expect(await round()).toEqual([1_000, 0, 1_000]);
  expect(org.waiting).toEqual([]);
});

it('orgs that do not answer keep the others not waiting, and each org is asked once a round', async () => {
  let release = () => {};
  const answer = new Promise<void>((resolve) => (release = resolve));
  const asked: string[] = [];
  const sweep = createOutboxSweep({
    messaging: {} as Messaging,
    access: {
      call: async (orgId: string) => {
        asked.push(orgId);
        if (orgId.startsWith('stalled')) await answer;
        return [];
      },
      heldBy: () => undefined,
    } as unknown as OrgAccess,
    listOrgs: () => Promise.resolve([...Array.from({ length: 20 }, (_, index) => ({ id: `stalled ${index}` })), { id: 'a' }, { id: 'b' }]),
    logger: createLogger({ level: 'silent' }),
    now: () => new Date(),
  });
  const round = sweep();
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked.slice(-2)).toEqual(['a', 'b']);
  release();
  await round;
  expect(new Set(asked).size).toBe(asked.length);
});
