import type { ConnectedUser, SignIns, Visit } from '../connections/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { endAcdConnection, findAcdConnection, holdAcdConnection, listAcdConnections, type AcdConnection } from './connection-store.ts';
import { acdHeldByOther, acdNotAllowed, acdNotConnected } from './errors.ts';
import { missingLicences } from './licence.ts';

/** What of `connections` is needed. */
export interface AcdOrgs {
  users(orgId: string): Promise<ConnectedUser[]>;
  status(orgId: string): Promise<{ main: { username: string } | null; hold: { reason: string; detail: string; since: string } | null }>;
  check(orgId: string, id: string, since: Date): Promise<void>;
  remove(orgId: string, id: string): Promise<void>;
}

export interface AcdStatus {
  /** `standby`: the holder is broken, and another connected user does its work. */
  status: 'active' | 'standby' | 'inactive';
  /** Look-ups are answered from the org's data. False: with the default route only. */
  isOn: boolean;
  since: Date | null;
  /** In an admin's words, with the cause; empty while everything works. */
  why: string;
  nextStep: string;
  /** Username; empty where nobody holds the connection. */
  holder: string;
}

/** The state of the holder is looked at when it was not seen working for so long. */
const CHECK_MS = 45_000;
const HOLDERS_AT_ONCE = 16;

export interface ConnectionOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  orgs: AcdOrgs;
  /** A change of the connection counts in this process at once. */
  changed: (orgId: string) => void;
}

export type AcdConnections = ReturnType<typeof createAcdConnections>;

/** The connection of look-ups to an org: who holds it, whether it works, and how it begins and ends. */
export function createAcdConnections({ db, clock, logger, orgs, changed }: ConnectionOptions) {
  const connection = {
    async status(orgId: string): Promise<AcdStatus> {
      const [held, users, { main, hold }] = await Promise.all([findAcdConnection(db, orgId), orgs.users(orgId), orgs.status(orgId)]);
      const holder = users.find(({ userId }) => userId === held?.userId);
      return statusOf(held, holder, main, hold);
    },

    /**
     * The signed-in user becomes the holder, or renews its grant. Throws acd_not_allowed where rights or licences are missing, acd_held_by_other,
     * and connection_limit.
     */
    async connect({ org, userId, username, client, missingRights, join }: Visit): Promise<void> {
      const lacking = [...(await missingRights()), ...(await missingLicences(client, userId))];
      if (lacking.length > 0)
        throw acdNotAllowed(
          `${username} lacks: ${lacking.join(', ')}. An administrator assigns the permission set “Switchboard ACD” in Setup. Nothing was stored.`,
        );
      await this.refuseOthers(org.id, userId);
      await join(async (tx, { isNew }) => {
        // Somebody else may have been faster.
        if (await holdAcdConnection(tx, org.id, { userId, username, added: isNew })) return;
        await this.refuseOthers(org.id, userId, tx);
        throw acdHeldByOther('Somebody else changed the connection at the same moment. Nothing was stored; try again.');
      });
      changed(org.id);
    },

    /** How a user of the org is called, where it is a connected one. */
    async nameOf(orgId: string, userId: string): Promise<string> {
      return (await orgs.users(orgId)).find((user) => user.userId.startsWith(userId.slice(0, 15)))?.username ?? 'An administrator';
    },

    async refuseOthers(orgId: string, userId: string, tx: Db = db): Promise<void> {
      const held = await findAcdConnection(tx, orgId);
      if (held?.isOn && held.userId !== '' && held.userId !== userId)
        throw acdHeldByOther(
          `${held.username} holds the connection of this org. Sign in as that user to refresh it, or disconnect it first. Nothing was stored.`,
        );
    },

    /** Switches look-ups off. The holder's grant is given back only where connecting was what brought it. Throws acd_not_connected. */
    async disconnect(orgId: string, by: string): Promise<void> {
      const ended = await db.transaction().execute((tx) => endAcdConnection(tx, orgId, by));
      if (!ended) throw acdNotConnected('Look-ups are switched off already.');
      changed(orgId);
      if (!ended.added) return;
      const users = await orgs.users(orgId);
      const holder = users.find(({ userId }) => userId === ended.userId);
      const others = users.some(({ userId, status }) => userId !== ended.userId && status === 'connected');
      // Messages go through the main user, and nobody is left where it is the last one.
      if (!holder || holder.main || !others) return;
      await orgs.remove(orgId, holder.id).catch((error: unknown) => {
        logger.warn({ org: orgId, why: messageOf(error) }, 'the holder of the ended connection stays among the connected users');
      });
    },

    /** Looks at the holders that were not seen working lately, so that the status tells of a changed password within a minute. */
    async checkHolders(): Promise<void> {
      const since = new Date(clock.now().getTime() - CHECK_MS);
      const look = async ({ orgId, userId }: { orgId: string; userId: string }) => {
        const holder = (await orgs.users(orgId)).find((user) => user.userId === userId);
        if (!holder || holder.status !== 'connected') return;
        await orgs.check(orgId, holder.id, since).catch((error: unknown) => {
          logger.warn({ org: orgId, why: messageOf(error) }, 'the holder of a connection could not be looked at');
        });
      };
      const all = await listAcdConnections(db);
      const next = async (): Promise<void> => {
        for (let one = all.shift(); one; one = all.shift()) await look(one);
      };
      await Promise.all(Array.from({ length: HOLDERS_AT_ONCE }, next));
    },
  };
  return connection;
}

/** What a sign-in from the portal ends in. `toPortal` answers where the browser goes on. */
export function acdSignIns(
  connections: AcdConnections,
  toPortal: (visit: Visit) => ReturnType<NonNullable<SignIns['acd']>>,
): Required<SignIns> {
  return {
    async portal(visit) {
      const lacking = await visit.missingRights();
      if (lacking.length > 0)
        throw acdNotAllowed(`${visit.username} lacks: ${lacking.join(', ')}. The portal is for administrators. Nothing was stored.`);
      return toPortal(visit);
    },
    async acd(visit) {
      await connections.connect(visit);
      return toPortal(visit);
    },
  };
}

type Hold = Awaited<ReturnType<AcdOrgs['status']>>['hold'];

/** Decides what the page says. */
export function statusOf(
  held: AcdConnection | undefined,
  holder: ConnectedUser | undefined,
  main: { username: string } | null,
  hold: Hold,
): AcdStatus {
  const nobody = {
    status: 'inactive',
    isOn: false,
    holder: '',
    nextStep: 'Press Connect and sign in as an administrator with the ACD licence.',
  } as const;
  if (!held) return { ...nobody, since: null, why: 'Nobody has connected look-ups to this org yet.' };
  if (!held.isOn) return { ...nobody, since: held.since, why: `${held.offBy ?? 'Somebody'} switched look-ups off.` };
  const { username } = held;
  const broken = username === '' || holder?.status !== 'connected';
  const cause =
    holder?.causeText ?? (username === '' ? 'Nobody holds the connection.' : `${username} is not among the connected users any more.`);
  const refresh = holder?.nextStep ?? 'Press Refresh connection.';
  if (!main)
    return {
      status: 'inactive',
      isOn: true,
      holder: username,
      since: holder?.since ?? held.since,
      why: `No connected user works. ${cause}`,
      nextStep: refresh,
    };
  if (hold)
    return {
      status: 'inactive',
      isOn: true,
      holder: username,
      since: new Date(hold.since),
      why: hold.reason,
      nextStep: 'Known callers are answered from what was read before. It is tried again by itself.',
    };
  if (broken)
    return {
      status: 'standby',
      isOn: true,
      holder: username,
      since: holder?.since ?? held.since,
      why: `${cause} ${main.username} does its work.`,
      nextStep: refresh,
    };
  return { status: 'active', isOn: true, holder: username, since: later(held.since, holder.since), why: '', nextStep: '' };
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);
