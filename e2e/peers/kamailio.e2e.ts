/** Look-ups judged by a phone system that other people wrote: 500 calls, each of which ends where it should, with the org up and with it down. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orgToolsOf } from '../../service/src/acd/org.test-helper.ts';
import { ADMIN, startRig, until, type Rig } from '../../service/src/rig.test-helper.ts';
import { DEFAULT_QUEUE, hasPhoneSystem, startPhoneSystem, type PhoneSystem } from './kamailio.ts';

const CALLS = 500;
const PER_SECOND = 100;
const KNOWN = 50;
const known = (index: number) => `+1203555${String(1000 + (index % KNOWN)).padStart(4, '0')}`;
const unknown = (index: number) => `+4930${String(1_000_000 + index)}`;
/** As carriers write them. */
const WRITINGS = [
  (number: string) => number,
  (number: string) => number.slice(1),
  (number: string) => `00${number.slice(1)}`,
  (number: string) => number.slice(2),
];
const ASKED = { known: 4, unknown: 1 };

let rig: Rig;
let pbx: { pbxId: string; key: string; id: string };

/** Four of five callers are in the org. */
function calls(count = CALLS): { caller: string; expected: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const write = WRITINGS[index % WRITINGS.length] as (number: string) => string;
    return index % (ASKED.known + ASKED.unknown) < ASKED.known
      ? { caller: write(known(index)), expected: '2001' }
      : { caller: unknown(index), expected: DEFAULT_QUEUE };
  });
}

async function withPhoneSystem(
  options: { secret?: string; plus?: 'urlencode' | 'escape' },
  work: (system: PhoneSystem) => Promise<void>,
): Promise<void> {
  const address = `http://127.0.0.1:${rig.ports.service}/api/ExtNo/${pbx.pbxId}${rig.salesforce.org.orgId}/`;
  const system = await startPhoneSystem({ address, secret: options.secret ?? pbx.key, ...(options.plus && { plus: options.plus }) });
  try {
    await work(system);
  } finally {
    await system.stop();
  }
}

describe.skipIf(!hasPhoneSystem)(
  'a phone system of Kamailio and SIPp (skipped without the Debian packages kamailio and sip-tester)',
  () => {
    beforeAll(async () => {
      rig = await startRig({ carriers: false, sample: true });
      const org = orgToolsOf(rig);
      await org.connect();
      await org.rest('PATCH', `/sobjects/User/${org.userId(ADMIN)}`, { Extension: '2001' });
      const records = Array.from({ length: KNOWN }, (_, index) => ({
        attributes: { type: 'Contact' },
        LastName: `Caller ${index}`,
        Phone: known(index),
      }));
      await org.rest('POST', '/composite/sobjects', { records });
      pbx = (await rig.call<typeof pbx>('POST', '/v1/acd/pbxs', { name: 'Kamailio', rules: { country: 'US' } })).body;
      // Kamailio waits for a second.
      await rig.call('POST', '/v1/acd/lookups', { name: 'quick', isDefault: true, definition: { deadlineMs: 500 } });
      await org.whenRead();
    }, 120_000);
    afterAll(() => rig?.close());

    it.each(['urlencode', 'escape'] as const)('sends 500 calls where they belong, its script writing numbers by %s', async (plus) => {
      await withPhoneSystem({ plus }, async (system) => expect(await system.call(calls(), PER_SECOND)).toBe(''));
    });

    it('does so with a token', async () => {
      const { token } = (await rig.call<{ token: string }>('POST', `/v1/acd/pbxs/${pbx.id}/tokens`, {})).body;
      await withPhoneSystem({ secret: token }, async (system) => expect(await system.call(calls(100), PER_SECOND)).toBe(''));
    });

    it('does so while the org does not answer, and each call is in the log', async () => {
      const logged = async () => (await rig.rows<{ count: number }>(`select count(*)::integer as count from acd_log`))[0]?.count ?? 0;
      // What was asked before is written within a moment.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const before = await logged();
      await rig.fault({ path: '/services/data' }, { latencyMs: 5_000 }, { times: 10_000 });
      await withPhoneSystem({}, async (system) => expect(await system.call(calls(), PER_SECOND)).toBe(''));
      await rig.control('DELETE', '/faults');
      await until('each call is in the log', async () => (await logged()) - before >= CALLS);
      expect((await logged()) - before).toBe(CALLS);
    });

    it('and while every user of the org is revoked', async () => {
      for (const user of [ADMIN, 'standby@sandbox.test']) await rig.control('POST', `/users/${user}/revoke`);
      await withPhoneSystem({}, async (system) => expect(await system.call(calls(), PER_SECOND)).toBe(''));
    });

    it('judges: a call that ends elsewhere is told', async () => {
      await withPhoneSystem({}, async (system) => {
        expect(await system.call([{ caller: known(0), expected: 'elsewhere' }], 1)).toContain('SIPp ended with');
      });
    });
  },
);
