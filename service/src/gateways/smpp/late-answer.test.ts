import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, OUR_SMPP, testCarrier, testLink, type TestCarrier } from '../../../../sandbox/carrier/test-helpers.ts';

let carrier: TestCarrier;
beforeAll(async () => {
  carrier = await testCarrier();
});
afterAll(() => carrier.close());

it.each([
  [0x58, false],
  [0x14, false],
  [0x45, false],
  [0x0b, true],
])('a refusal %i that comes after the timeout says whether it is for good: %s', async (status, permanent) => {
  const link = testLink(carrier.smppPort, { responseTimeoutMs: 100 });
  try {
    await link.bound();
    await carrier.fault('smpp:submit_sm', { latencyMs: 300, status }, { times: 1, method: 'SMPP' });
    expect(await link.submit({ from: OUR_SMPP, to: '+447700900123', text: 'late', key: `late-${status}` })).toMatchObject({
      kind: 'unknown',
    });
    const late = await eventually('the late answer', () => link.late[0]);
    expect(late).toMatchObject({ key: `late-${status}`, part: 1, outcome: { kind: 'rejected', permanent } });
  } finally {
    await link.close(0);
  }
});
