/** A user the org is reached through: an item of `GET /v1/connections`. Times are ISO 8601. */
export interface Connection {
  id: string;
  username: string;
  name: string;
  role: 'main' | 'standby';
  /** Order in which standby users take over, from 1. */
  position: number;
  status: 'requested' | 'connected' | 'disconnected';
  cause?: string | null;
  causeText?: string | null;
  nextStep?: string | null;
  /** Of the present role and status. */
  since: string;
  lastOkAt?: string | null;
  invitedAt?: string | null;
  inviteExpiresAt?: string | null;
  permissionSetAssigned?: boolean | null;
  /** Objects and fields the user cannot reach. */
  missing?: string[] | null;
}

/** A user who could be invited. */
export interface Candidate {
  userId: string;
  username: string;
  name: string;
  email: string;
  /** Has the rights of a System Administrator, whatever the profile is called. */
  admin: boolean;
  /** Why the user cannot be invited, in words. */
  reason?: string | null;
}

/** One line of the timeline: an item of `GET /v1/connections/events`. */
export interface ConnectionEvent {
  id: string;
  at: string;
  kind: string;
  text: string;
  cause?: string | null;
  causeText?: string | null;
  from?: string | null;
  to?: string | null;
  /** Messages that waited at that moment. */
  waiting?: number | null;
  nextStep?: string | null;
}

export type ConnectionAction = 'test' | 'makeMain' | 'reconnect' | 'remove' | 'up' | 'down';

/** The rule of the product: one main user and two spares. */
export const MAX_CONNECTIONS = 3;

/** Main first, then the standby users in the order they take over. */
export function inOrder(connections: Connection[]): Connection[] {
  const rank = ({ role, position }: Connection): number => (role === 'main' ? -1 : position);
  return [...connections].sort((a, b) => rank(a) - rank(b));
}

export function working(connections: Connection[]): Connection[] {
  return connections.filter(({ status }) => status === 'connected');
}

/** The ids with one of them moved by `step` places; unchanged where it would leave the list. */
export function moved(ids: string[], id: string, step: 1 | -1): string[] {
  const from = ids.indexOf(id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  const next = [...ids];
  next.splice(from, 1);
  next.splice(to, 0, id);
  return next;
}
