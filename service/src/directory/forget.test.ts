import { expect, it } from 'vitest';
import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { createLogger } from '../platform/log.ts';
import { createDirectory } from './index.ts';

it('a refusal that is forgotten is not remembered for ten minutes, and the fields are described anew', async () => {
  const directory = createDirectory({ clock: { now: () => new Date(0) }, logger: createLogger({ level: 'silent' }) });
  const viewer = { orgId: 'org', connectionId: 'main' };
  let [allowed, describes] = [false, 0];
  const sf = {
    describe: async () => ((describes += 1), { fields: [{ name: 'Phone', label: 'Phone', type: 'phone' }] }),
    search: async () => {
      if (!allowed)
        throw new SalesforceError({
          message: 'no',
          status: 400,
          errors: [{ code: 'INVALID_FIELD', message: '', fields: [] }],
          sent: 'yes',
        });
      return [];
    },
  } as unknown as SalesforceClient;
  const search = () => directory.findByNumbers(viewer, sf, [{ e164: '+14155550123', country: 'US' }], []);
  await expect(search()).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  allowed = true;
  await expect(search()).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  const before = describes;
  expect(directory.forget({ ...viewer, connectionId: 'standby' })).toBe(false);
  expect(directory.forget(viewer)).toBe(true);
  expect((await search()).get('+14155550123')).toEqual([]);
  expect([describes - before, directory.forget(viewer)]).toEqual([3, false]);
});
