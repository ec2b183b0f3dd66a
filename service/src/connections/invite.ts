import { randomUUID } from 'node:crypto';
import { escapeSoql, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { hashToken, randomToken } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import { notFound } from '../platform/errors.ts';
import { MAX_USERS, type Parts } from './deps.ts';
import {
  alreadyConnected,
  CallFailedError,
  connectionLimit,
  mailNotConfigured,
  notAdministrator,
  orgUnreachable,
  OrgHeldError,
  salesforceRefused,
  userInactive,
  userNotFound,
} from './errors.ts';
import { inviteKey } from './notices.ts';
import { administrators } from './rights.ts';
import type { CallOptions, UserRow } from './types.ts';
import type { CandidateView } from './views.ts';

/** How long an invitation can be used. */
export const INVITE_MS = 72 * 3600_000;

interface OrgUser {
  Id: string;
  Username: string;
  Name: string;
  Email: string;
  IsActive: boolean;
}

const READ: CallOptions & { whileOff: true } = { replay: 'idempotent', lane: 'messaging', timeoutMs: 15_000, whileOff: true };

/** Reads from the org for the setup page: a failure becomes a problem that the page can show. */
export async function ask<T>(
  parts: Pick<Parts, 'call' | 'clock'>,
  orgId: string,
  work: (client: SalesforceClient) => Promise<T>,
): Promise<T> {
  try {
    return await parts.call(orgId, READ, work);
  } catch (error) {
    if (error instanceof OrgHeldError) {
      const seconds = Math.max(1, Math.ceil((error.until.getTime() - parts.clock.now().getTime()) / 1000));
      throw orgUnreachable(`${error.failure.text} Nothing was changed; try again later.`, {
        headers: { 'retry-after': String(seconds) },
        cause: error,
      });
    }
    if (error instanceof CallFailedError)
      throw salesforceRefused(`${error.failure.text} (${error.failure.code}) Nothing was changed.`, { cause: error });
    throw error;
  }
}

/** Active users whose name or username contains the text, with the reason why one cannot be invited. At most 20. */
export async function findCandidates(parts: Parts, orgId: string, text: string): Promise<CandidateView[]> {
  const term = escapeSoql(text.trim()).replace(/[%_]/g, '\\$&');
  const filter = term ? ` AND (Name LIKE '%${term}%' OR Username LIKE '%${term}%' OR Email LIKE '%${term}%')` : '';
  const soql = `SELECT Id, Username, Name, Email, IsActive FROM User WHERE IsActive = true AND UserType = 'Standard'${filter} ORDER BY Name LIMIT 20`;
  const { users, admins } = await ask(parts, orgId, async (client) => {
    const page = await client.query<OrgUser>(soql);
    return {
      users: page.records,
      admins: await administrators(
        client,
        page.records.map((user) => user.Id),
      ),
    };
  });
  const taken = new Set((await parts.store.users.list(orgId)).map((user) => user.userId));
  return users.map((user) => {
    const reason = taken.has(user.Id)
      ? 'Is on the list already.'
      : admins.has(user.Id)
        ? undefined
        : 'Does not have the rights of a System Administrator.';
    return {
      userId: user.Id,
      username: user.Username,
      name: user.Name,
      email: user.Email,
      admin: admins.has(user.Id),
      ...(reason ? { reason } : {}),
    };
  });
}

/** Invites a user of the org: the row is *requested* and an e-mail with a single-use link goes out. */
export async function invite(
  parts: Parts,
  orgId: string,
  request: { username: string; email?: string | undefined },
  by: string,
): Promise<UserRow> {
  const { store, clock } = parts;
  if (!parts.notices.canMail)
    throw mailNotConfigured('An invitation goes out by e-mail, and no mail server is set (SMTP_URL). Nothing was stored.');
  const listed = await store.users.list(orgId);
  refuseDuplicates(listed, (user) => user.username.toLowerCase() === request.username.trim().toLowerCase());
  const user = await ask(parts, orgId, async (client) => {
    const soql = `SELECT Id, Username, Name, Email, IsActive FROM User WHERE Username = '${escapeSoql(request.username.trim())}' LIMIT 1`;
    const found = (await client.query<OrgUser>(soql)).records[0];
    if (!found) throw userNotFound('No user of this org has this username. A user of another org cannot be connected. Nothing was stored.');
    if (!found.IsActive) throw userInactive(`${found.Username} is inactive. Activate the user first. Nothing was stored.`);
    if (!(await administrators(client, [found.Id])).has(found.Id)) {
      throw notAdministrator(
        `${found.Username} does not have the rights of a System Administrator (Modify All Data, Customize Application, Manage Users). Nothing was stored.`,
      );
    }
    return found;
  });
  const id = randomUUID();
  await store.transaction(async (tx) => {
    await store.links.lock(tx, orgId);
    refuseDuplicates(await store.users.list(orgId, tx), (row) => row.userId === user.Id);
    const fresh = { orgId, id, userId: user.Id, username: user.Username, name: user.Name, email: request.email ?? user.Email };
    await store.users.add(tx, fresh, 'requested', clock.now());
    await sendLink(parts, tx, { ...fresh, by });
    await store.journal.addEvent(tx, orgId, clock.now(), { kind: 'invited', text: `${user.Username} was invited.`, to: user.Username });
  });
  parts.notices.wakeUp(orgId);
  return (await store.users.find(orgId, id)) as UserRow;
}

function refuseDuplicates(listed: readonly UserRow[], same: (user: UserRow) => boolean): void {
  const existing = listed.find(same);
  if (existing)
    throw alreadyConnected(
      `${existing.username} is on the list already (${existing.status}). Press Reconnect to send a new link. Nothing was stored.`,
    );
  if (listed.length >= MAX_USERS)
    throw connectionLimit(`An org has at most ${MAX_USERS} connected users. Remove one first. Nothing was stored.`);
}

/** Sends a new link. A connected user stays connected until the link is used; older links end. */
export async function reconnect(parts: Parts, orgId: string, id: string, by: string): Promise<UserRow> {
  const { store, clock } = parts;
  if (!parts.notices.canMail)
    throw mailNotConfigured('A new link goes out by e-mail, and no mail server is set (SMTP_URL). Nothing was changed.');
  await store.transaction(async (tx) => {
    const user = await store.users.find(orgId, id, tx);
    if (!user) throw notFound('There is no such connected user.');
    await sendLink(parts, tx, { ...user, by });
    await store.journal.addEvent(tx, orgId, clock.now(), {
      kind: 'invited',
      text: `A new link was sent to ${user.username}.`,
      to: user.username,
    });
  });
  parts.notices.wakeUp(orgId);
  return (await store.users.find(orgId, id)) as UserRow;
}

async function sendLink(
  parts: Parts,
  tx: Db,
  user: { orgId: string; id: string; username: string; name: string; email: string; by: string },
): Promise<void> {
  const token = randomToken();
  const now = parts.clock.now();
  const expiresAt = new Date(now.getTime() + INVITE_MS);
  await parts.store.users.setInvite(tx, user.orgId, user.id, { hash: hashToken(token), invitedAt: now, expiresAt });
  await parts.notices.add(tx, user.orgId, {
    key: inviteKey(hashToken(token)),
    subject: 'Switchboard asks for your consent to connect to Salesforce',
    text: [
      `Hello ${user.name},`,
      `${user.by} asks you to be a connected user of Switchboard. The service then reads and writes messages in Salesforce in your name, as ${user.username}.`,
      `Open this link, sign in as ${user.username} and allow the access:\n${parts.publicUrl}/connect/invite/${token}`,
      `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. If you do not know what this is about, ignore it and nothing happens.`,
    ].join('\n\n'),
    to: [user.email],
  });
}
