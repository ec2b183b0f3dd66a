import { getCountries } from 'libphonenumber-js/max';
import { z } from 'zod';
import { answers, emptyAnswer, idParams, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, AGENT, callerOf } from '../../tenancy/index.ts';
import type { Accounts } from '../accounts.ts';
import type { PhoneFieldSettings } from '../phone-field-settings.ts';

const twilioSettings = z.strictObject({
  accountSid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'looks like AC and 32 hexadecimal digits'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .max(200)
    .regex(/^[\x21-\x7e]+$/, 'is not an address')
    .optional(),
});
const smppSettings = z.strictObject({
  host: z.string().regex(/^[\w.:-]{1,253}$/, 'is not a host name or address'),
  port: z.number().int().min(1).max(65535),
  systemId: text(15).min(1),
  systemType: text(12).optional(),
  tls: z.boolean().optional(),
});
const pace = { ratePerSecond: z.number().min(0.1).max(1000), windowSize: z.number().int().min(1).max(100) };
const secret = text(200).min(1);
const label = text(80).min(1);
const accountBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('twilio'),
    label,
    settings: twilioSettings,
    secret,
    ratePerSecond: pace.ratePerSecond.default(10),
    windowSize: pace.windowSize.default(10),
  }),
  z.strictObject({
    kind: z.literal('smpp'),
    label,
    settings: smppSettings,
    secret,
    ratePerSecond: pace.ratePerSecond.default(10),
    windowSize: pace.windowSize.default(10),
  }),
]);
const accountChange = z.strictObject({
  label: label.optional(),
  settings: z.union([twilioSettings, smppSettings]).optional(),
  secret: secret.optional(),
  ratePerSecond: pace.ratePerSecond.optional(),
  windowSize: pace.windowSize.optional(),
});
const account = z
  .object({
    id: z.uuid(),
    kind: z.enum(['twilio', 'smpp']),
    label: z.string(),
    settings: z.record(z.string(), z.unknown()),
    hasSecret: z.boolean(),
    ratePerSecond: z.number(),
    windowSize: z.number().int(),
    state: z.enum(['connected', 'connecting', 'failed', 'off']),
    stateSince: isoTime,
    stateText: z.string(),
    webhookUrl: z.string().optional(),
    statusUrl: z.string().optional(),
  })
  .meta({ id: 'CarrierAccount' });

const country = z.string().refine((code) => (getCountries() as string[]).includes(code), 'is not an ISO 3166 country code such as US');
const users = z.array(z.string().regex(/^005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/, 'is not a user id')).max(500);
const numberBody = z.strictObject({
  number: text(40),
  kind: z.enum(['phone', 'short_code', 'sender_name']).default('phone'),
  label,
  accountId: z.uuid(),
  country,
  isDefault: z.boolean().default(false),
  users: users.default([]),
});
const numberChange = z.strictObject({
  label: label.optional(),
  accountId: z.uuid().optional(),
  country: country.optional(),
  isDefault: z.boolean().optional(),
  users: users.optional(),
});
const number = z
  .object({
    id: z.uuid(),
    number: z.string(),
    kind: z.enum(['phone', 'short_code', 'sender_name']),
    label: z.string(),
    accountId: z.uuid(),
    accountLabel: z.string(),
    country: z.string(),
    isDefault: z.boolean(),
    users: z.array(z.string()),
  })
  .meta({ id: 'Number' });

const phoneFields = z.object({
  objects: z.array(
    z.object({
      object: z.string(),
      label: z.string(),
      fields: z.array(z.object({ name: z.string(), label: z.string(), selected: z.boolean() })),
    }),
  ),
});

export function registerSetupRoutes(app: HttpServer, accounts: Accounts, phoneFieldSettings: PhoneFieldSettings): void {
  const tags = ['setup'];

  app.get(
    '/v1/carrier-accounts',
    { config: ADMIN, schema: { tags, operationId: 'listCarrierAccounts', response: answers(200, z.object({ items: z.array(account) })) } },
    async (request) => ({
      items: await accounts.list(callerOf(request).orgId),
    }),
  );
  app.post(
    '/v1/carrier-accounts',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'createCarrierAccount',
        summary: 'Tests the credentials, then saves them',
        body: accountBody,
        response: answers(201, account),
      },
    },
    async (request, reply) => reply.code(201).send(await accounts.create(callerOf(request).orgId, request.body)),
  );
  app.patch(
    '/v1/carrier-accounts/:id',
    {
      config: ADMIN,
      schema: { tags, operationId: 'updateCarrierAccount', params: idParams, body: accountChange, response: answers(200, account) },
    },
    async (request) => accounts.update(callerOf(request).orgId, request.params.id, request.body),
  );
  app.delete(
    '/v1/carrier-accounts/:id',
    { config: ADMIN, schema: { tags, operationId: 'removeCarrierAccount', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await accounts.remove(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
  app.post(
    '/v1/carrier-accounts/:id/test',
    { config: ADMIN, schema: { tags, operationId: 'testCarrierAccount', params: idParams, response: answers(200, account) } },
    async (request) => accounts.test(callerOf(request).orgId, request.params.id),
  );

  app.get(
    '/v1/numbers',
    {
      config: AGENT,
      schema: {
        tags,
        operationId: 'listNumbers',
        querystring: z.strictObject({ mine: z.enum(['true', 'false']).optional() }),
        response: answers(200, z.object({ items: z.array(number) })),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return { items: await accounts.numbers(caller.orgId, request.query.mine === 'true' ? (caller.userId ?? '') : undefined) };
    },
  );
  app.post(
    '/v1/numbers',
    { config: ADMIN, schema: { tags, operationId: 'createNumber', body: numberBody, response: answers(201, number) } },
    async (request, reply) => {
      const { orgId } = callerOf(request);
      const id = await accounts.createNumber(orgId, request.body);
      return reply.code(201).send(await one(orgId, id));
    },
  );
  app.patch(
    '/v1/numbers/:id',
    { config: ADMIN, schema: { tags, operationId: 'updateNumber', params: idParams, body: numberChange, response: answers(200, number) } },
    async (request) => {
      const { orgId } = callerOf(request);
      await accounts.updateNumber(orgId, request.params.id, request.body);
      return one(orgId, request.params.id);
    },
  );
  app.delete(
    '/v1/numbers/:id',
    { config: ADMIN, schema: { tags, operationId: 'removeNumber', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await accounts.removeNumber(callerOf(request).orgId, request.params.id);
      return {};
    },
  );

  app.get(
    '/v1/phone-fields',
    { config: ADMIN, schema: { tags, operationId: 'getPhoneFields', response: answers(200, phoneFields) } },
    async (request) => phoneFieldSettings.read(callerOf(request).orgId),
  );
  app.put(
    '/v1/phone-fields',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'savePhoneFields',
        body: z.strictObject({
          objects: z
            .array(
              z.strictObject({ object: z.enum(['Contact', 'Lead', 'Account']), fields: z.array(z.string().regex(/^\w{1,80}$/)).max(50) }),
            )
            .max(3)
            .refine((objects) => new Set(objects.map(({ object }) => object)).size === objects.length, 'names an object twice'),
        }),
        response: answers(200, phoneFields),
      },
    },
    async (request) => phoneFieldSettings.save(callerOf(request).orgId, request.body.objects),
  );

  async function one(orgId: string, id: string) {
    const found = (await accounts.numbers(orgId)).find((item) => item.id === id);
    return found as NonNullable<typeof found>;
  }
}
