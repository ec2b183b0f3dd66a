import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCarrier } from '../carrier/carrier.ts';
import { startLightning, type LightningPage } from '../lightning/start.ts';
import { startMail } from '../mail/server.ts';
import { openCredentials } from '../salesforce/platform/credentials.ts';
import { startSalesforce } from '../salesforce/server.ts';
import { setUp, setUpPhoneSystem } from './first-start.ts';
import { orgApi } from './org-api.ts';
import { loadConversations, loadHistory } from './sample.ts';
import { startService, type ServiceOptions } from './service.ts';
import type { Stack, StackOptions } from './types.ts';

export async function startStack(options: StackOptions): Promise<Stack> {
  const { ports, dataDir } = options;
  const say = options.onProgress ?? (() => {});
  mkdirSync(join(dataDir, 'sandbox'), { recursive: true });
  const serviceUrl = `http://localhost:${ports.service}`;

  const vendor = options.lightning === false ? Promise.resolve() : buildVendorAside(say);
  say('Salesforce org, carriers and mailbox');
  const salesforce = await startSalesforce({
    port: ports.salesforce,
    pubsubPort: ports.pubsub,
    file: join(dataDir, 'sandbox', 'salesforce.sqlite'),
    calloutUrl: serviceUrl,
    sample: options.sample !== 'nothing',
    apps: [
      {
        clientId: 'switchboard-sandbox',
        clientSecret: 'switchboard-sandbox-secret',
        name: 'Switchboard',
        redirectUris: [`${serviceUrl}/connect/callback`],
      },
    ],
    ...(options.namespace && { namespace: options.namespace }),
  });
  const carrier = await startCarrier({
    port: ports.carrier,
    smppPort: ports.smpp,
    file: join(dataDir, 'sandbox', 'carrier.json'),
    publicBase: `http://localhost:${ports.carrier}`,
  });
  const mail = await startMail({ port: ports.mail, smtpPort: ports.smtp });

  say('Switchboard service');
  const serviceOptions: ServiceOptions = { ports, dataDir, env: options.env, main: options.main, onOutput: options.onOutput ?? (() => {}) };
  const stack = {
    ports,
    salesforce,
    carrier,
    mail,
    lightning: undefined as LightningPage | undefined,
    service: await startService(serviceOptions),
    api: orgApi(`http://localhost:${ports.salesforce}`),
    apiKey: () => openCredentials(salesforce.org).value('Switchboard', 'Admin', 'ApiKey') ?? '',
    async startService(env?: Record<string, string>) {
      stack.service = await startService({ ...serviceOptions, env: { ...options.env, ...env } });
      return stack.service;
    },
    async close() {
      await stack.lightning?.close();
      await stack.service.stop();
      await Promise.all([carrier.close(), mail.close(), salesforce.close()]);
    },
  };
  if (options.sample !== 'nothing') {
    const withConversations = options.sample === 'conversations';
    const isNew = await setUp(stack, say, async () => {
      if (withConversations) await loadHistory(stack, say);
    });
    if (isNew && withConversations) {
      await loadConversations(stack, say);
      await setUpPhoneSystem(stack, say);
    }
  }
  await vendor;
  if (options.lightning !== false) {
    stack.lightning = await startLightning({
      port: ports.lightning,
      salesforceUrl: `http://localhost:${ports.salesforce}`,
      serviceUrl,
      links: [
        { label: 'Phone', url: `http://localhost:${ports.carrier}/` },
        { label: 'Mailbox', url: `http://localhost:${ports.mail}/` },
        { label: 'API', url: `http://localhost:${ports.operator}/docs` },
      ],
      watch: options.watch,
      onProgress: (text, fraction) => say(`${text} ${Math.round(fraction * 100)} %`),
      info: () => info(stack),
    });
  }
  return stack;
}

/** The first start's slow step runs beside everything else; where it fails, starting the page says why. */
function buildVendorAside(say: (text: string) => void): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'vendor-build.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => say(`Compiling the Lightning base components: ${text.trim()} %`));
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** What a script needs to know about a running sandbox. */
async function info(stack: Stack) {
  const org = await stack.api.org();
  const admin = stack.api.as('admin@sandbox.test');
  const connections = (await admin.get<{ items: { username: string; role: string; status: string }[] }>('/v1/connections')).items;
  const [pbx] = (await admin.get<{ items: { id: string; pbxId: string }[] }>('/v1/acd/pbxs')).items;
  const issued = pbx && (await admin.post<{ token: string }>(`/v1/acd/pbxs/${pbx.id}/tokens`, { days: 30 }));
  return {
    orgId: org.orgId,
    apiKey: stack.apiKey(),
    ourNumber: '+14155550100',
    users: org.users.map(({ username, admin }) => {
      const connection = connections.find((item) => item.username === username);
      return { username, admin, connection: connection ? { role: connection.role, status: connection.status } : null };
    }),
    ...(pbx && { pbxId: pbx.pbxId, pbxToken: issued?.token }),
    ports: stack.ports,
  };
}
