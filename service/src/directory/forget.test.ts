import { expect, it } from 'vitest';
import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { createLogger } from '../platform/log.ts';
import { createDirectory } from './index.ts';

it('what was learned before the rights were looked at, or for another choice of fields, says nothing any more', async () => {
  const directory = createDirectory({ clock: { now: () => new Date(0) }, logger: createLogger({ level: 'silent' }) });
  const viewer = { orgId: 'org', connectionId: 'main', rightsVersion: 3 };
  let [allowed, describes] = [false, 0];
  const sf = {
    describe: async () => ((describes += 1), { searchable: true, fields: [{ name: 'Phone', label: 'Phone', type: 'phone' }] }),
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
  const search = (rightsVersion = 3, chosen: { object: string; fields: string[] }[] = []) =>
    directory.findByNumbers({ ...viewer, rightsVersion }, sf, [{ e164: '+14155550123', country: 'US' }], chosen);
  await expect(search()).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  allowed = true;
  await expect(search()).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  const before = describes;
  expect((await search(4)).get('+14155550123')).toEqual([]);
  expect((await search(3, [{ object: 'Contact', fields: ['Phone'] }])).get('+14155550123')).toEqual([]);
  expect(describes - before).toBe(6);
  await expect(search()).rejects.toMatchObject({ code: 'INVALID_FIELD' });
});
