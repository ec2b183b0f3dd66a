/**
 * FROZEN. The least that a service can do with a look-up and still be one: Fastify, the key checked as ours is (its hash against what a process
 * remembers), zod for the query and the answer, and a constant. Nothing is looked up, nothing is logged.
 */
import { createHash } from 'node:crypto';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';

const keys = new Map([
  [
    createHash('sha256')
      .update(process.env['BASELINE_KEY'] ?? '')
      .digest('hex'),
    { scope: 'acd' },
  ],
]);
const answer = {
  matched: true,
  source: 'index' as const,
  stale: false,
  records: [
    {
      id: '003000000000001AAA',
      object: 'Contact',
      name: 'Caller 1',
      url: 'https://org.my.salesforce.com/lightning/r/003000000000001AAA/view',
      owner: { name: 'Ada Admin', extension: '2001' },
    },
  ],
  extension: '2001',
  variables: {
    Matched: 'true',
    Count: '1',
    Open: 'true',
    Source: 'index',
    RecordId: '003000000000001AAA',
    Object: 'Contact',
    Name: 'Caller 1',
    ScreenPopUrl: 'https://org.my.salesforce.com/lightning/r/003000000000001AAA/view',
    OwnerName: 'Ada Admin',
    Extension: '2001',
  },
  why: 'Contact found by Phone. The extension is the owner’s.',
  tookMs: 0.1,
};
const view = z.object({
  matched: z.boolean(),
  source: z.enum(['index', 'live', 'fallback']),
  stale: z.boolean(),
  records: z.array(
    z.object({
      id: z.string(),
      object: z.string(),
      name: z.string(),
      url: z.string(),
      owner: z.object({ name: z.string(), extension: z.string().optional() }).optional(),
      openCase: z.object({ id: z.string(), number: z.string(), priority: z.string().optional() }).optional(),
    }),
  ),
  extension: z.string().optional(),
  variables: z.record(z.string(), z.string()),
  why: z.string(),
  tookMs: z.number(),
});
const text = (max: number) => z.string().max(max);
const querystring = z.strictObject({
  caller: text(200).default(''),
  called: text(200).default(''),
  case: text(40).default(''),
  account: text(40).default(''),
  lookup: text(80).optional(),
  pbx: text(40).optional(),
  org: text(18).optional(),
});

const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
app.addHook('onRequest', async (request, reply) => {
  const [, key = ''] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!keys.get(createHash('sha256').update(key).digest('hex'))) return reply.code(401).send({});
  return undefined;
});
app.get('/v1/acd/lookup', { schema: { querystring, response: { 200: view } } }, async () => answer);
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify(app.server.address())}\n`);
process.once('SIGTERM', () => void app.close());
