import { systemClock } from '../../platform/clock.ts';
import type { SalesforceClient, SaveResult, Subrequest, SubResult } from '../../gateways/salesforce/index.ts';
import { SalesforceError } from '../../gateways/salesforce/index.ts';
import { noFailPoints } from '../../platform/fail-points.ts';
import type { Db } from '../../platform/db/database.ts';
import { createLaneEngine } from '../../platform/lanes/engine.ts';
import { createLogger } from '../../platform/log.ts';
import type { OrgAccess } from './access.ts';
import { createOrgLane } from './deliver.ts';

/** A step as the lane asked for it. */
export interface Step {
  object: string;
  records: Record<string, unknown>[];
}

export const written = (created = false): SaveResult => ({ id: 'a00000000000001AAA', success: true, created, errors: [] });
export const refused = (code: string, message = code, fields: string[] = []): SaveResult => ({
  id: null,
  success: false,
  created: false,
  errors: [{ code, message, fields }],
});

/** A user of an org that answers each record as the test wants; a thrown SalesforceError fails the whole call. */
export function fakeUser(answer: (step: Step, record: Record<string, unknown>) => SaveResult) {
  const calls: Step[][] = [];
  const bells: { title: string }[] = [];
  const step = (referenceId: string, object: string, records: Record<string, unknown>[]) => ({ referenceId, object, records });
  const sf = {
    query: async () => ({ records: [], totalSize: 0, done: true }),
    sendNotifications: async (_type: string, items: { title: string }[]) => void bells.push(...items),
    steps: {
      upsert: (referenceId: string, object: string, _field: string, records: Record<string, unknown>[]) =>
        step(referenceId, object, records) as unknown as Subrequest,
      create: (referenceId: string, object: string, records: Record<string, unknown>[]) =>
        step(referenceId, object, records) as unknown as Subrequest,
    },
    composite: async (asked: readonly Subrequest[]): Promise<SubResult[]> => {
      const steps = asked as unknown as (Step & { referenceId: string })[];
      calls.push(steps);
      return steps.map((item) => ({
        referenceId: item.referenceId,
        status: 200,
        ok: true,
        errors: [],
        saves: item.records.map((record) => answer(item, record)),
      }));
    },
  };
  return { sf: sf as unknown as SalesforceClient, calls, bells };
}

export type FakeUser = ReturnType<typeof fakeUser>;

/** The org's lanes over a fake org, without carriers and connections. */
export function startOrgLane(db: Db, main: FakeUser, others: FakeUser[] = [], leaseMs = 120_000) {
  const isOf = (error: unknown, status: number) => error instanceof SalesforceError && error.status === status;
  const access: OrgAccess = {
    call: (_org, work) => work(main.sf, { connectionId: 'main', rightsVersion: 0 }),
    async tryOthers(_org, work, accepted) {
      for (const user of others) {
        const result = await work(user.sf);
        if (accepted(result)) return result;
      }
      return undefined;
    },
    heldBy: (error) =>
      error instanceof SalesforceError && error.fault === 'timeout'
        ? { until: new Date(), code: 'TIMEOUT', reason: 'Salesforce did not answer in time.' }
        : undefined,
    faultOf: (error) =>
      isOf(error, 400) || isOf(error, 403)
        ? { of: isOf(error, 400) ? 'request' : 'rights', code: (error as SalesforceError).errors[0]?.code ?? '', reason: 'refused' }
        : undefined,
  };
  const logger = createLogger({ level: 'silent' });
  const directory = { findByNumbers: async () => new Map(), phoneFields: {} } as never;
  const lane = createOrgLane({ db, clock: systemClock, access, directory, logger });
  const engine = createLaneEngine({
    db,
    clock: systemClock,
    purposes: [{ ...lane, leaseMs }],
    owner: 'test',
    logger,
    failPoints: noFailPoints,
    sweepMs: 20,
  });
  engine.start();
  return engine;
}
