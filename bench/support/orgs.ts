import { connect, createServer } from 'node:net';
import pg from 'pg';
import { signedText } from '../../sandbox/carrier/twilio/signed-text.ts';
import { FormClient } from '../../sandbox/control/browserless.ts';
import { openCredentials } from '../../sandbox/salesforce/platform/credentials.ts';
import { startSalesforce, type SalesforcePeer } from '../../sandbox/salesforce/server.ts';
import { walk } from '../../sandbox/stack/first-start.ts';
import type { Shot } from './load.ts';
import type { BenchStack } from './stack.ts';

const ADMIN = 'admin@sandbox.test';
const ACCOUNT_SID = 'AC00000000000000000000000000000001';
const AUTH_TOKEN = 'sandbox-auth-token';

/** A further org of the same service, registered and with a number of its own. */
export interface BenchOrg {
  peer: SalesforcePeer;
  /** The service's id of it. */
  id: string;
  /** A text of a customer to its number, signed by the carrier. */
  text(from: string, body: string): Shot;
  /** When each text was written into the org, by its body; times of `performance.now()`. */
  arrivals: ReadonlyMap<string, number>;
  /** Every call of the API is answered this much later from now on; 0 ends it. */
  slow(latencyMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a sandbox org on a port of its own in this process, registers it as its administrator does, and gives it a number. */
export async function addOrg(stack: BenchStack, index: number): Promise<BenchOrg> {
  const serviceUrl = `http://localhost:${stack.ports.service}`;
  const peer = await startSalesforce({
    port: 0,
    orgId: `00D0000000${String(index).padStart(5, '0')}`,
    calloutUrl: serviceUrl,
    sample: true,
    apps: [
      {
        clientId: 'switchboard-sandbox',
        clientSecret: 'switchboard-sandbox-secret',
        name: 'Switchboard',
        redirectUris: [`${serviceUrl}/connect/callback`],
      },
    ],
  });
  const client = new FormClient({ followCallback: true });
  await walk(
    client,
    await client.open(`${serviceUrl}/connect/register?login=${encodeURIComponent(`http://localhost:${peer.port}`)}`),
    ADMIN,
  );
  const key = openCredentials(peer.org).value('Switchboard', 'Admin', 'ApiKey') ?? '';
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(serviceUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const number = `+1415556${String(index).padStart(4, '0')}`;
  const account = await post<{ id: string; webhookUrl: string }>('/v1/carrier-accounts', {
    kind: 'twilio',
    label: 'Carrier',
    settings: { accountSid: ACCOUNT_SID, baseUrl: `http://localhost:${stack.ports.carrier}` },
    secret: AUTH_TOKEN,
    ratePerSecond: 50,
    windowSize: 10,
  });
  await post('/v1/numbers', { number, kind: 'phone', label: 'Ours', accountId: account.id, country: 'US', isDefault: true });
  const id = String(await stack.database?.value(`select org_id from carrier_account where id = '${account.id}'`));
  const { arrivals, close } = watchArrivals(peer);
  return {
    peer,
    id,
    arrivals,
    text: (from, body) =>
      signedText({ url: account.webhookUrl, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN }, { from, to: number, body }),
    async slow(latencyMs) {
      const faults = `${peer.url}/__sandbox/faults`;
      await fetch(faults, { method: 'DELETE' });
      if (latencyMs === 0) return;
      const rule = { match: { path: '/services/data' }, action: { latencyMs } };
      await fetch(faults, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rule) });
    },
    async close() {
      close();
      await peer.close();
    },
  };
}

/** The wake-up is the last step of the call that writes the rows: whatever is new in the table then has just come. */
function watchArrivals({ org }: SalesforcePeer): { arrivals: Map<string, number>; close(): void } {
  const arrivals = new Map<string, number>();
  const newer = org.db.prepare(`SELECT rowid AS row, "${org.own('Body__c')}" AS body FROM "${org.own('Message__c')}" WHERE rowid > ?`);
  let last = 0;
  const look = (): void => {
    const now = performance.now();
    for (const { row, body } of newer.all(last) as { row: number; body: string }[]) {
      last = Math.max(last, row);
      if (!arrivals.has(body)) arrivals.set(body, now);
    }
  };
  look();
  arrivals.clear();
  const subscription = org.events.subscribe(`/event/${org.own('ConversationChanged__e')}`, look);
  return { arrivals, close: () => subscription.close() };
}

/** Orgs that exist in the service only and are all served by one sandbox org, each under an origin of its own. */
export interface Herd {
  /** From now on each of them always has something to write. */
  drive(): void;
  /** No more; what waits goes on. */
  rest(): Promise<void>;
  /** Rows of theirs that wait. */
  waiting(): Promise<number>;
  /** Whether any org of the service has a row left. */
  anyLeft(): Promise<boolean>;
  close(): Promise<void>;
}

/** Orgs made after the picture of `model`: the same user, whose token the same sandbox org accepts. A whole process for each would not fit. */
export async function addHerd(stack: BenchStack, model: BenchOrg, count: number): Promise<Herd> {
  const client = new pg.Client({ connectionString: stack.database?.url });
  await client.connect();
  const proxies = await Promise.all(Array.from({ length: count }, () => openProxy(model.peer.port)));
  const origins = JSON.stringify(proxies.map(({ port }, index) => ({ index, url: `http://localhost:${port}` })));
  const copy = (table: string, changes: string, from = 'org herd') =>
    client.query(
      `insert into ${table} select (jsonb_populate_record(model, ${changes})).* from ${table} model, ${from}
       where model.org_id = $1 and herd.name like 'Herd %'`,
      [model.id],
    );
  await client.query(
    `insert into org select (jsonb_populate_record(model, jsonb_build_object('id', gen_random_uuid(), 'name', 'Herd ' || place.index,
       'salesforce_id', '00DHERD' || lpad(place.index::text, 11, '0'), 'instance_url', place.url))).*
     from org model, json_to_recordset($2::json) as place(index int, url text) where model.id = $1`,
    [model.id, origins],
  );
  await copy('connected_user', `jsonb_build_object('org_id', herd.id, 'invite_hash', null)`);
  await copy('org_link', `jsonb_build_object('org_id', herd.id)`);
  await client.query(
    `insert into conversation (org_id, id, our_number, customer_number, last_message_at, last_text, last_direction, unread)
     select id, gen_random_uuid(), '+14155560000', '+14155570000', now(), 'A text', 'inbound', 1 from org where name like 'Herd %'`,
  );
  const enqueue = `insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    select c.org_id, 'org', ((('x' || right(c.id::text, 2))::bit(8)::int % 4)::text), 'conversation', c.id
    from conversation c join org on org.id = c.org_id where org.name like 'Herd %'
    on conflict (org_id, purpose, subject_kind, subject_id) do update set version = outbox.version + 1`;
  let driving: Promise<void> | undefined;
  let stop = new AbortController();
  return {
    drive() {
      stop = new AbortController();
      driving = (async () => {
        while (!stop.signal.aborted) {
          await client.query(enqueue);
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      })();
    },
    async rest() {
      stop.abort();
      await driving;
    },
    async waiting() {
      const { rows } = await client.query<{ n: string }>(
        `select count(*) as n from outbox join org on org.id = outbox.org_id where org.name like 'Herd %' and state = 'waiting'`,
      );
      return Number(rows[0]?.n);
    },
    anyLeft: async () => (await client.query('select 1 from outbox limit 1')).rows.length > 0,
    async close() {
      stop.abort();
      await driving;
      await client.end();
      for (const proxy of proxies) proxy.close();
    },
  };
}

/** A port that leads to another one. */
function openProxy(target: number): Promise<{ port: number; close(): void }> {
  const server = createServer((socket) => {
    const to = connect(target, '127.0.0.1');
    socket.pipe(to).pipe(socket);
    socket.on('error', () => to.destroy());
    to.on('error', () => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() });
    });
  });
}
