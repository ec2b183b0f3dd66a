/**
 * FROZEN. The least that a service can do with an inbound webhook and still keep it: Fastify reads the form, zod checks it, one row is
 * inserted and committed (fsync), then it answers. No signature, no conversation, no lane. Same pool size as the service.
 */
import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import pg from 'pg';
import { z } from 'zod';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16, keepAlive: true });
pool.on('error', () => process.exit(1));
await pool.query(
  'create table if not exists baseline_text (id bigint generated always as identity primary key, sid text not null, sender text not null, receiver text not null, body text not null, at timestamptz not null default now())',
);

const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
await app.register(formbody);
app.post(
  '/inbound',
  { schema: { body: z.object({ MessageSid: z.string(), From: z.string(), To: z.string(), Body: z.string() }) } },
  async (request, reply) => {
    const { MessageSid, From, To, Body } = request.body;
    await pool.query('insert into baseline_text (sid, sender, receiver, body) values ($1, $2, $3, $4)', [MessageSid, From, To, Body]);
    return reply.type('text/xml').send('<Response/>');
  },
);
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify(app.server.address())}\n`);
process.once('SIGTERM', () => void app.close().then(() => pool.end()));
