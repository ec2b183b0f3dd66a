import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { convertLead, mergeRecords } from '../org.ts';
import type { Org } from '../org.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { AppRegistry } from '../auth/apps.ts';
import type { Grants } from '../auth/grants.ts';
import { performCallout } from './callout.ts';
import type { CalloutDeps } from './callout.ts';
import type { Notifications } from './notifications.ts';
import { openEventStream } from './streams.ts';
import { UnknownTargetError } from './errors.ts';
import type { OrgState } from './org-state.ts';
import { deliveriesLeft, setDeliveriesLeft } from './usage.ts';
import type { ApiUsage } from './usage.ts';
import { requireUser } from './user-control.ts';

export interface OrgControlDeps {
  readonly org: Org;
  readonly accounts: Accounts;
  readonly grants: Grants;
  readonly apps: AppRegistry;
  readonly usage: ApiUsage;
  readonly orgState: OrgState;
  readonly notifications: Notifications;
  readonly callout: CalloutDeps;
  readonly baseUrl: () => string;
  /** Told every change of the org's clock, so that a reset can take it back. */
  readonly clockMoved: (seconds: number) => void;
}

const limitsBody = z.strictObject({
  remaining: z.int().min(0).nullable().optional(),
  concurrent: z.boolean().optional(),
  deliveries: z.int().min(0).nullable().optional(),
});
const stateBody = z.strictObject({ state: z.enum(['active', 'locked', 'maintenance']) });
const refusalBody = z.strictObject({
  object: z.string(),
  errorCode: z.string().regex(/^[A-Z_]+$/),
  message: z.string().default('refused by a rule of the org'),
  times: z.int().min(1).default(1),
});
const clockBody = z.strictObject({ advanceSeconds: z.number() });
const userBody = z.strictObject({ username: z.string() });
const installedBody = z.strictObject({ installed: z.boolean(), clientId: z.string().optional(), blockRefresh: z.boolean().optional() });
const calloutBody = z.strictObject({
  username: z.string(),
  method: z.string().regex(/^[A-Za-z]+$/),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  timeoutMs: z.int().min(1).max(120_000).optional(),
  namedCredential: z.string().default('Switchboard'),
});
const convertBody = z.strictObject({ leadId: z.string(), accountId: z.string().optional(), contactId: z.string().optional() });
const mergeBody = z.strictObject({ masterId: z.string(), loserIds: z.array(z.string()).min(1).max(2) });
const eventsQuery = z.object({ channel: z.string().startsWith('/event/'), replayId: z.coerce.number().int().default(-1) });
const notificationsQuery = z.object({ username: z.string().optional(), stream: z.string().optional() });

/** The control surface of the org itself: clock, limits, tokens, events, notifications, callouts. */
export function registerOrgControl(app: FastifyInstance, deps: OrgControlDeps): void {
  const { org, accounts, grants, apps, usage, orgState, notifications, callout, baseUrl } = deps;

  app.get('/__sandbox/org', async () => ({
    orgId: org.orgId,
    namespace: org.namespace,
    state: orgState.current,
    now: org.clock.now().toISOString(),
    users: org.users.list().map((user) => {
      const rights = org.users.rights(user.id);
      return {
        id: user.id,
        username: user.username,
        name: user.name,
        email: user.email,
        admin: rights.modifyAllData && rights.systemPermissions.has('CustomizeApplication'),
        active: user.isActive,
        state: accounts.state(user),
        permissionSets: rights.permissionSets.map((set) => set.name),
      };
    }),
  }));

  app.post('/__sandbox/org', async (request) => {
    orgState.current = stateBody.parse(request.body).state;
    return { state: orgState.current };
  });

  /** Single records are refused, the rest of their call goes on: what a trigger, a rule or a lock does. */
  app.post('/__sandbox/refusals', async (request, reply) => {
    const refusal = refusalBody.parse(request.body);
    const object = org.schema.object(org.own(refusal.object));
    if (!object) throw new UnknownTargetError(`no object ${refusal.object}`);
    org.refusals.add({ ...refusal, object: object.name });
    return reply.code(201).send({ object: object.name });
  });
  app.delete('/__sandbox/refusals', async () => {
    org.refusals.clear();
    return { cleared: true };
  });

  app.post('/__sandbox/token', async (request) => {
    const user = requireUser(org, userBody.parse(request.body).username);
    return { accessToken: grants.issueSession(user.id), instanceUrl: baseUrl(), userId: user.id, orgId: org.orgId };
  });

  app.post('/__sandbox/limits', async (request) => {
    const { remaining, concurrent, deliveries } = limitsBody.parse(request.body);
    if (remaining !== undefined) usage.setRemaining(remaining ?? undefined);
    if (concurrent !== undefined) usage.concurrentExceeded = concurrent;
    if (deliveries !== undefined) setDeliveriesLeft(org, deliveries ?? undefined);
    return {
      max: usage.max,
      used: usage.used(),
      remaining: usage.remaining(),
      concurrent: usage.concurrentExceeded,
      deliveries: deliveriesLeft(org),
    };
  });

  app.get('/__sandbox/clock', async () => ({ now: org.clock.now().toISOString() }));
  app.post('/__sandbox/clock', async (request) => {
    const { advanceSeconds } = clockBody.parse(request.body);
    org.clock.advance(advanceSeconds);
    deps.clockMoved(advanceSeconds);
    return { now: org.clock.now().toISOString() };
  });

  app.post('/__sandbox/app-installed', async (request) => {
    const { installed, clientId, blockRefresh } = installedBody.parse(request.body);
    apps.setInstalled(installed, { clientId, blockRefresh });
    return { items: apps.all().map((entry) => ({ clientId: entry.clientId, installed: apps.isInstalled(entry.clientId) })) };
  });

  app.post('/__sandbox/callout', async (request) => {
    const { username, namedCredential, ...order } = calloutBody.parse(request.body);
    return performCallout(callout, requireUser(org, username), order, namedCredential);
  });

  app.post('/__sandbox/convert-lead', async (request) => {
    const { leadId, ...into } = convertBody.parse(request.body);
    return convertLead(org, leadId, into);
  });
  app.post('/__sandbox/merge', async (request) => {
    const { masterId, loserIds } = mergeBody.parse(request.body);
    return mergeRecords(org, masterId, loserIds);
  });

  app.get('/__sandbox/events', async (request, reply) => {
    const { channel, replayId } = eventsQuery.parse(request.query);
    const name = `/event/${org.own(channel.slice('/event/'.length))}`;
    // A replay id that cannot be served is refused before the stream opens, as an ordinary error answer.
    org.events.replay(name, replayId);
    openEventStream(request, reply, (stream) => {
      const subscription = org.events.subscribe(name, (message) => stream.send(message), replayId);
      return () => subscription.close();
    });
    return reply;
  });

  app.get('/__sandbox/notifications', async (request, reply) => {
    const { username, stream } = notificationsQuery.parse(request.query);
    const userId = username === undefined ? undefined : requireUser(org, username).id;
    if (stream === undefined) return { items: notifications.list(userId) };
    openEventStream(request, reply, (out) =>
      notifications.listen((entry) => {
        if (userId === undefined || entry.userId === userId) out.send(entry);
      }),
    );
    return reply;
  });
}
