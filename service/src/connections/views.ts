import { z } from 'zod';
import type { Org } from '../tenancy/index.ts';
import { EVENT_KINDS, MAIL_CAUSE, type LinkRow, type UserRow } from './types.ts';

const time = z.string().describe('ISO 8601, UTC');

export const connectionView = z
  .object({
    id: z.string(),
    username: z.string(),
    name: z.string(),
    role: z.enum(['main', 'standby']),
    position: z.number().int(),
    status: z.enum(['requested', 'connected', 'disconnected']),
    cause: z.string().optional(),
    causeText: z.string().optional(),
    nextStep: z.string().optional(),
    since: time,
    lastOkAt: time.optional(),
    invitedAt: time.optional(),
    inviteExpiresAt: time.optional(),
    permissionSetAssigned: z.boolean().optional(),
    missing: z.array(z.string()).optional(),
  })
  .meta({ id: 'Connection' });

export const eventView = z
  .object({
    id: z.string(),
    at: time,
    kind: z.enum(EVENT_KINDS),
    text: z.string(),
    cause: z.string().optional(),
    causeText: z.string().optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    waiting: z.number().int().optional(),
    nextStep: z.string().optional(),
  })
  .meta({ id: 'ConnectionEvent' });

export const holdView = z.object({ reason: z.string(), detail: z.string(), since: time, retryAt: time.nullable() }).nullable();

export const orgView = z
  .object({
    orgId: z.string(),
    name: z.string(),
    loginHost: z.string(),
    namespace: z.string(),
    registeredAt: time,
    connectionMode: z.boolean(),
    hold: holdView,
    main: z.object({ username: z.string() }).nullable(),
    notifyEmails: z.array(z.string()),
    serviceUrl: z.string(),
  })
  .meta({ id: 'Org' });

export const candidateView = z
  .object({
    userId: z.string(),
    username: z.string(),
    name: z.string(),
    email: z.string(),
    admin: z.boolean(),
    reason: z.string().optional().describe('Why this user cannot be invited; left out for one who can'),
  })
  .meta({ id: 'ConnectionCandidate' });

export type ConnectionView = z.infer<typeof connectionView>;
export type CandidateView = z.infer<typeof candidateView>;

/** Whoever was invited and has not used the link in time stays requested; the next step says so. */
export function toConnectionView(user: UserRow, link: LinkRow | undefined, now: Date): ConnectionView {
  const expired = user.status === 'requested' && user.inviteExpiresAt !== null && user.inviteExpiresAt <= now;
  const nextStep = nextStepFor(user, expired);
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    role: link?.mainId === user.id ? 'main' : 'standby',
    position: user.position,
    status: user.status,
    ...(user.cause ? { cause: user.cause } : {}),
    ...(user.causeText ? { causeText: user.causeText } : {}),
    ...(nextStep ? { nextStep } : {}),
    since: user.since.toISOString(),
    ...(user.lastOkAt ? { lastOkAt: user.lastOkAt.toISOString() } : {}),
    ...(user.invitedAt ? { invitedAt: user.invitedAt.toISOString() } : {}),
    ...(user.inviteExpiresAt ? { inviteExpiresAt: user.inviteExpiresAt.toISOString() } : {}),
    ...(user.permissionSetAssigned === null ? {} : { permissionSetAssigned: user.permissionSetAssigned }),
    ...(user.missing.length > 0 ? { missing: user.missing } : {}),
  };
}

function nextStepFor(user: UserRow, expired: boolean): string | null {
  if (user.status === 'requested' && user.cause?.startsWith(MAIL_CAUSE)) return user.nextStep;
  if (expired) return 'The link has expired. Press Reconnect to send a new one.';
  if (user.status === 'requested') return 'Wait until the user has opened the link in the e-mail and allowed the access.';
  if (user.status === 'connected' && user.missing.length > 0) return 'Assign the permission set "Switchboard Integration" to this user.';
  return user.nextStep;
}

export type HoldView = z.infer<typeof holdView>;

export function toHoldView(link: LinkRow | undefined): HoldView {
  if (!link?.holdCode || !link.holdSince) return null;
  return {
    reason: link.holdText ?? link.holdCode,
    detail: link.holdDetail ?? '',
    since: link.holdSince.toISOString(),
    retryAt: link.holdUntil?.toISOString() ?? null,
  };
}

export function toOrgView(org: Org, link: LinkRow | undefined, main: UserRow | undefined, serviceUrl: string): z.infer<typeof orgView> {
  return {
    orgId: org.salesforceId,
    name: org.name,
    loginHost: new URL(org.loginUrl).host,
    namespace: org.namespace,
    registeredAt: org.registeredAt.toISOString(),
    connectionMode: org.connectionMode,
    hold: toHoldView(link),
    main: main ? { username: main.username } : null,
    notifyEmails: org.notifyEmails,
    serviceUrl,
  };
}
