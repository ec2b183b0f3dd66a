/** One sandbox org, one sandbox carrier, one PostgreSQL database and two service processes, in which schedules run one after the other. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { FormClient } from '../../sandbox/control/browserless.ts';
import type { UserApi } from '../../sandbox/stack/org-api.ts';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import { connect, register, walk } from '../../sandbox/stack/first-start.ts';
import { sampleAccounts } from '../../sandbox/carrier/accounts.ts';
import { createEmptyPostgres } from '../../service/src/platform/db/test-database.ts';
import { openDatabaseLink } from './database-link.ts';
import { settleCarrier, type Control } from './faults.ts';
import { createProcesses } from './processes.ts';
import type { ADMIN_BUTTONS } from './schedule.ts';

export const USERS = ['admin@sandbox.test', 'standby@sandbox.test', 'spare@sandbox.test'] as const;

function twilioAccount(): { accountSid: string; authToken: string; numberSid: string } {
  const [account] = sampleAccounts().twilio;
  const [number] = account?.numbers ?? [];
  if (!account || !number) throw new Error('the sandbox carrier has no sample account');
  return { accountSid: account.accountSid, authToken: account.authToken, numberSid: number.sid };
}

async function webhookAddress(admin: UserApi): Promise<string> {
  const { items } = await admin.get<{ items: { kind: string; webhookUrl: string }[] }>('/v1/carrier-accounts');
  const account = items.find(({ kind }) => kind === 'twilio');
  if (!account) throw new Error('the sample has no account that takes webhooks');
  return account.webhookUrl;
}

type AdminButton = (typeof ADMIN_BUTTONS)[number];

/** Never has an address (RFC 6761); the service is allowed to ask for it. */
const LOST_HOST = 'http://org.invalid';

export type World = Awaited<ReturnType<typeof startWorld>>;

export interface WorldOptions {
  /** The entry file of another copy of the service. */
  main?: string;
  /** Restarts the database's server, where it may be; else every connection to it is cut and refused for a while. */
  restartServer?: () => Promise<void> | void;
}

/** `server`: a PostgreSQL server, reached over TCP, on which a database may be made; it is removed again by `close`. */
export async function startWorld(server: string, onOutput: (text: string) => void, { main, restartServer }: WorldOptions = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'prove-'));
  const database = await createEmptyPostgres(server);
  const link = await openDatabaseLink(database.url);
  const env = { DATABASE_URL: link.url, CARRIER_POLL_SECONDS: '2', LOG_LEVEL: 'warn' };
  const ports = await freePorts();
  const stack = await startStack({ ports, dataDir, sample: 'connected', lightning: false, env, main, onOutput });
  await connect(stack, USERS[2]);
  await stack.service.stop();
  const processes = createProcesses({ ports, dataDir, env, onOutput, main, workerPort: (await freePorts()).service });
  await Promise.all([processes.start(0), processes.start(1)]);

  const sql = new pg.Pool({ connectionString: database.url, max: 3 });
  sql.on('error', () => undefined); // connections are ended on purpose
  await sql.query(`
    create table prove_move (id bigint generated always as identity primary key, message uuid, was text, now text,
      at double precision not null default extract(epoch from clock_timestamp()) * 1000);
    create function prove_note() returns trigger language plpgsql as $$ begin
      insert into prove_move (message, was, now) values (new.id, old.status, new.status); return null; end $$;
    create trigger prove_note after update of status on message for each row when (old.status is distinct from new.status) execute function prove_note();`);

  const rows = async <T>(text: string, values: unknown[] = []): Promise<T[]> => (await sql.query(text, values)).rows as T[];
  const control =
    (base: string): Control =>
    async (method, where, body) => {
      const answer = await fetch(`${base}/__sandbox${where}`, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${where} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as unknown;
    };
  const salesforce = control(`http://localhost:${ports.salesforce}`);
  const carrier = control(`http://localhost:${ports.carrier}`);
  await settleCarrier(carrier);
  const service = `http://localhost:${ports.service}`;
  const twilio = twilioAccount();
  const webhookUrl = await webhookAddress(stack.api.as(USERS[0]));

  async function setWebhook(reachable: boolean): Promise<void> {
    const base = `http://localhost:${ports.carrier}/2010-04-01/Accounts/${twilio.accountSid}/IncomingPhoneNumbers`;
    await fetch(`${base}/${twilio.numberSid}.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64')}` },
      body: new URLSearchParams({ SmsUrl: reachable ? webhookUrl : 'http://localhost:9/lost' }),
    });
  }

  /** The org's host has no address for a while. */
  async function loseAddress(forMs: number): Promise<void> {
    const [org] = await rows<{ url: string }>('select instance_url as url from org');
    if (!org || org.url === LOST_HOST) return;
    await sql.query('update org set instance_url = $1', [LOST_HOST]);
    await new Promise((resolve) => setTimeout(resolve, forMs));
    // Another fault may have taken the database away meanwhile.
    for (let tries = 0; ; tries += 1) {
      try {
        await sql.query('update org set instance_url = $1 where instance_url = $2', [org.url, LOST_HOST]);
        return;
      } catch (error) {
        if (tries >= 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /**
   * Users whose grant has ended sign in; others the service has to bring back by itself. `known`: those of whom the service has found out, `all`:
   * also those whom it has not called since. Tells how many did.
   */
  async function signInAgain(which: 'known' | 'all'): Promise<number> {
    let signedIn = 0;
    const known = await rows<{ id: string; username: string; userId: string; isDown: boolean; isDead: boolean }>(
      `select id, username, user_id as "userId", status = 'disconnected' as "isDown", token_dead or refresh_token is null as "isDead"
        from connected_user`,
    );
    // A changed password looks to the service like a locked user, who comes back by herself.
    const users = known.map((user) => ({ ...user, isLost: isLost(user, which) }));
    if (users.every((user) => user.isLost)) {
      await register(stack, USERS[0]);
      return 1;
    }
    for (const { id, username } of users.filter((user) => user.isLost)) {
      if (await reconnect(id, username)) signedIn += 1;
    }
    return signedIn;
  }

  /** Until nobody's grant is lost; a sign-in may fail while a process starts anew. */
  async function restoreGrants(): Promise<void> {
    const isAnyLost = async () =>
      (await rows<{ userId: string }>('select user_id as "userId" from connected_user')).some(({ userId }) => hasLostGrant(userId));
    for (let tries = 0; tries < 20 && (await isAnyLost()); tries += 1) {
      await signInAgain('all').catch(() => 0);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  function isLost({ userId, isDown, isDead }: { userId: string; isDown: boolean; isDead: boolean }, which: 'known' | 'all'): boolean {
    return (isDown || which === 'all') && (isDead || hasLostGrant(userId));
  }

  /** The org has ended the newest grant of this user. */
  function hasLostGrant(userId: string): boolean {
    const newest = stack.salesforce.org.db.prepare('select ended from auth_grant where user_id = ? order by id desc limit 1').get(userId);
    return newest?.['ended'] != null;
  }

  /** Presses Reconnect and signs in by the link in the mail that comes then. Tells whether the service took it. */
  async function reconnect(id: string, username: string): Promise<boolean> {
    const before = await linksTo(username);
    const answer = await callAsAdmin('POST', id, '/reconnect');
    if (!answer.ok) return false;
    const client = new FormClient({ followCallback: true });
    await walk(client, await client.open(await newLink(username, before)), username);
    return true;
  }

  const callAsAdmin = (method: string, id: string, where: string) =>
    fetch(`${service}/v1/connections/${id}${where}`, { method, headers: { authorization: `Bearer ${stack.apiKey()}` } });

  /** As an administrator does on the setup page once it is there; a button that fails was pressed all the same. */
  async function pressAsAdmin(button: AdminButton): Promise<void> {
    for (let tries = 0; tries < 100 && !(await fetch(`${service}/readyz`).catch(() => undefined))?.ok; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const users = await rows<{ id: string; username: string }>(
      'select u.id, u.username from connected_user u join org_link l using (org_id) where u.id is distinct from l.main_id order by u.position',
    );
    const spare = users.at(-1);
    const work = async () => {
      if (button === 'register') await register(stack, USERS[0]);
      if (!spare) return;
      if (button === 'make-main') await callAsAdmin('POST', spare.id, '/make-main');
      if (button === 'remove') await callAsAdmin('DELETE', spare.id, '?confirm=true');
      if (button === 'reconnect') await reconnect(spare.id, spare.username);
    };
    await work().catch(() => undefined);
  }

  /** Invitations that were mailed to this user. */
  async function linksTo(username: string): Promise<Set<string>> {
    const mails = (await (await fetch(`http://localhost:${ports.mail}/__sandbox/mails?to=${encodeURIComponent(username)}`)).json()) as {
      items: { text: string }[];
    };
    return new Set(mails.items.flatMap((mail) => /https?:\/\/\S+\/connect\/invite\/[\w-]+/.exec(mail.text)?.[0] ?? []));
  }

  async function newLink(username: string, before: Set<string>): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const link = [...(await linksTo(username))].find((each) => !before.has(each));
      if (link) return link;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no new invitation for ${username}`);
  }

  return {
    stack,
    ports,
    service,
    processes,
    rows,
    salesforce,
    carrier,
    carrierUrl: `http://localhost:${ports.carrier}`,
    setWebhook,
    signInAgain,
    restoreGrants,
    pressAsAdmin,
    loseAddress,
    twilio: { accountSid: twilio.accountSid, authToken: twilio.authToken, url: webhookUrl },
    databaseName: new URL(database.url).pathname.slice(1),
    server,
    key: () => stack.apiKey(),
    newKey: () => randomUUID() as string,
    /** Leases of a process that is gone or frozen run out. Tells how many did. */
    async endLeases(): Promise<number> {
      const names = processes.idleNames();
      const result = await sql.query(
        `update lane set lease_until = now() where lease_until > now() and split_part(owner, '/', 1) = any($1)`,
        [names],
      );
      return result.rowCount ?? 0;
    },
    link,
    restartServer,
    async close() {
      await processes.close();
      await sql.end();
      await link.close();
      await stack.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
