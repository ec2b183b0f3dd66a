import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUR_UK, OUR_US, startRig, until, type Rig } from './rig.test-helper.ts';

/** PGlite belongs to one process; there is nothing to share without a server. */
describe.skipIf(!process.env['TEST_DATABASE_URL'])('two service processes over one PostgreSQL (needs TEST_DATABASE_URL)', () => {
  let rig: Rig;
  beforeAll(async () => {
    // Receipts that the carrier posts while the first process restarts find nobody: polling finds them, here every second.
    rig = await startRig({ env: { CARRIER_POLL_SECONDS: '1' } });
    await rig.another();
  }, 60_000);
  afterAll(() => rig.close());

  it('share the work: every text once at its phone in order and once in the org, also when one of them goes', async () => {
    const phones = Array.from({ length: 8 }, (_, index) => ({
      from: index % 2 === 0 ? OUR_US : OUR_UK,
      phone: index % 2 === 0 ? `+1415555300${index}` : `+44770094400${index}`,
    }));
    const sent: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(
        phones.map(async ({ phone, from }) => {
          sent.push((await rig.send(phone, from, `text ${round}`)).body.id);
          await rig.inbound(phone, from, `answer ${round}`);
        }),
      );
      if (round === 3) await rig.restart(); // the first one gives its leases back, the second one goes on
    }
    await until('all are delivered', async () => {
      const rows = await rig.rows<{ n: number }>(`select count(*) as n from message where direction = 'outbound' and status = 'delivered'`);
      return rows[0]?.n === sent.length;
    });
    await until('all answers are stored', async () => (await rig.rows(`select 1 from message where direction = 'inbound'`)).length === 48);
    await rig.delivered();
    for (const { phone } of phones) {
      expect(await rig.received(phone)).toEqual(Array.from({ length: 6 }, (_, round) => `text ${round}`));
      const bodies = rig.salesforce.org
        .query(`SELECT Body__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${phone}'`)
        .map((row) => String(row['Body__c']));
      expect(bodies.sort()).toEqual(
        Array.from({ length: 6 }, (_, round) => [`answer ${round}`, `text ${round}`])
          .flat()
          .sort(),
      );
    }
    expect(await rig.rows(`select 1 from message where status in ('unknown', 'failed')`)).toEqual([]);
  }, 60_000);

  it('hold each carrier account once', async () => {
    const { sessions } = (await rig.carrier.get('/__sandbox/smsc')) as { sessions: { systemId: string | null }[] };
    expect(sessions.filter((session) => session.systemId === 'switchboard')).toHaveLength(1);
  });
});
