/** A service process with two registered orgs and the sandbox's peers around it; everything that a hostile caller may try to reach. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FormClient } from '../../sandbox/control/browserless.ts';
import { sampleAccounts } from '../../sandbox/carrier/accounts.ts';
import { openCredentials } from '../../sandbox/salesforce/platform/credentials.ts';
import { startSalesforce } from '../../sandbox/salesforce/server.ts';
import { walk } from '../../sandbox/stack/first-start.ts';
import { freePorts, type Ports } from '../../sandbox/stack/ports.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import { createEmptyPostgres } from '../../service/src/platform/db/test-database.ts';
import { OTHER_MARK, OURS, PHONE_MARK, SECRET_MARK, TEXT_MARK } from './marks.ts';

const ADMIN = 'admin@sandbox.test';

export type World = Awaited<ReturnType<typeof startWorld>>;

/** Without `server` (a PostgreSQL on which a database may be made) the service keeps its data in a folder. */
export async function startWorld(options: { server?: string | undefined; env?: Record<string, string>; allow?: string[] } = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'hostile-'));
  const database = options.server ? await createEmptyPostgres(options.server) : undefined;
  const [ports, more] = await Promise.all([freePorts(), freePorts()]);
  const service = `http://localhost:${ports.service}`;
  const secondOrg = `http://localhost:${more.salesforce}`;
  const log: string[] = [];
  const env = {
    ...(database && { DATABASE_URL: database.url }),
    SALESFORCE_PRODUCTION_LOGIN: secondOrg,
    // Only the peers: what a caller names on this machine besides is as private as anywhere else.
    ALLOWED_HOSTS: [...peerHosts(ports), `localhost:${more.salesforce}`, ...(options.allow ?? [])].join(','),
    LOG_LEVEL: 'info',
    ...options.env,
  };
  const stack = await startStack({ ports, dataDir, sample: 'connected', lightning: false, env, onOutput: (text) => void log.push(text) });
  const other = await startSalesforce({
    port: more.salesforce,
    calloutUrl: service,
    orgId: '00D000000000002',
    sample: true,
    apps: [
      {
        clientId: 'switchboard-sandbox',
        clientSecret: 'switchboard-sandbox-secret',
        name: 'Switchboard',
        redirectUris: [`${service}/connect/callback`],
      },
    ],
  });
  const client = new FormClient({ followCallback: true });
  await walk(client, await client.open(`${service}/connect/register?login=production`), ADMIN);

  const keyOf = (org: Parameters<typeof openCredentials>[0], principal: string) =>
    openCredentials(org).value('Switchboard', principal, 'ApiKey') ?? '';
  const [twilio] = sampleAccounts().twilio;
  const [smpp] = sampleAccounts().smpp;
  if (!twilio || !smpp) throw new Error('the sandbox carrier has no sample accounts');
  const keys = {
    admin: keyOf(stack.salesforce.org, 'Admin'),
    agent: keyOf(stack.salesforce.org, 'Agent'),
    other: keyOf(other.org, 'Admin'),
  };
  for (const [name, key] of Object.entries(keys)) if (!key) throw new Error(`no ${name} key`);

  const carrierUrl = `http://localhost:${ports.carrier}`;
  const ids = {
    own: await idsOf(service, keys.admin, TEXT_MARK),
    other: await idsOf(service, keys.other, OTHER_MARK, { carrierUrl, accountSid: twilio.accountSid, secret: twilio.authToken }),
  };

  return {
    ports,
    service,
    stack,
    keys,
    ids,
    /** What must never be read in a log line or in an answer. */
    secrets: [...Object.values(keys), twilio.authToken, 'switchboard-sandbox-secret', SECRET_MARK],
    twilio: { accountSid: twilio.accountSid, authToken: twilio.authToken },
    orgIds: { own: stack.salesforce.org.orgId, other: other.org.orgId },
    log: () => log.join(''),
    /** A call of the first org's admin. Throws when it is refused. */
    call: <T>(method: string, where: string, body?: unknown) => call<T>(service, keys.admin, method, where, body),
    ended: () => stack.service.exited,
    metrics: async () => (await fetch(`http://127.0.0.1:${ports.operator}/metrics`)).text(),
    async close() {
      await stack.close();
      await other.close();
      await database?.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function peerHosts(ports: Ports): string[] {
  return [ports.salesforce, ports.carrier, ports.smpp, ports.smtp].flatMap((port) => [`localhost:${port}`, `127.0.0.1:${port}`]);
}

/** One id of each kind, so that requests reach further than "not found". An org without carriers gets one first. */
async function idsOf(
  service: string,
  key: string,
  text: string,
  carrier?: { carrierUrl: string; accountSid: string; secret: string },
): Promise<Record<string, string>> {
  const ask = <T>(method: string, where: string, body?: unknown) => call<T>(service, key, method, where, body);
  const first = async (where: string) => (await ask<{ items: { id: string }[] }>('GET', where)).items[0]?.id ?? '';
  if (carrier) {
    const { carrierUrl, accountSid, secret } = carrier;
    const settings = { accountSid, baseUrl: carrierUrl };
    const { id } = await ask<{ id: string }>('POST', '/v1/carrier-accounts', { kind: 'twilio', label: 'Other', settings, secret });
    await ask('POST', '/v1/numbers', { number: OURS.twilio, label: 'Other', accountId: id, country: 'US', isDefault: true });
  }
  const sent = await ask<{ id: string; conversationId: string }>('POST', '/v1/messages', {
    to: `${PHONE_MARK}0000`,
    from: OURS.twilio,
    body: text,
  });
  const accounts = (await ask<{ items: { id: string; kind: string }[] }>('GET', '/v1/carrier-accounts')).items;
  return {
    connection: await first('/v1/connections'),
    account: await first('/v1/carrier-accounts'),
    twilio: accounts.find(({ kind }) => kind === 'twilio')?.id ?? '',
    number: await first('/v1/numbers'),
    conversation: sent.conversationId,
    message: sent.id,
    parked: '1',
  };
}

async function call<T>(service: string, key: string, method: string, where: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${service}${where}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'idempotency-key': randomUUID(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${where} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
