import type { SalesforceClient } from '../gateways/salesforce/index.ts';

export type ConnectionStatus = 'requested' | 'connected' | 'disconnected';

/** Which part of the product asks. Each lane has its own concurrency and share of the org's API calls. */
export type LaneName = 'messaging' | 'sync' | 'acd';

/**
 * What may happen to the work after a failure. `idempotent`: it may run again from its beginning. `never`: it must not run again when it may
 * have been carried out; such work makes exactly one request. `restart`: like idempotent, and a lost query cursor starts it over as well.
 */
export type Replay = 'idempotent' | 'never' | 'restart';

export interface CallOptions {
  replay: Replay;
  lane: LaneName;
  /** The ids in the call come from our own store: 404 then counts as missing access. */
  knownIds?: boolean;
  /** The fields and objects in the call are the package's: an unknown one counts as missing field rights. */
  packageFields?: boolean;
  /** Deadline of each request in milliseconds; keep it below the lease of the lane that calls. 30,000 unless told. */
  timeoutMs?: number;
}

/** Whom a call is made as. */
export interface Session {
  connectionId: string;
  /** Salesforce id of the user, 18 characters. */
  userId: string;
  username: string;
  /** Changes with every switch of the main user. */
  epoch: number;
  /** Changes each time the user's rights were looked at: what was learned through its eyes before may be out of date. */
  rightsVersion: number;
}

export type Work<T> = (client: SalesforceClient, session: Session) => Promise<T>;

/** A connected user as stored. Tokens are sealed. */
export interface UserRow {
  orgId: string;
  id: string;
  userId: string;
  username: string;
  name: string;
  email: string;
  status: ConnectionStatus;
  position: number;
  cause: string | null;
  causeText: string | null;
  nextStep: string | null;
  since: Date;
  lastOkAt: Date | null;
  invitedAt: Date | null;
  inviteExpiresAt: Date | null;
  permissionSetAssigned: boolean | null;
  missing: string[];
  /** Changes each time the user's rights were looked at. */
  rightsVersion: number;
  loginUrl: string;
  accessToken: string | null;
  refreshToken: string | null;
  tokenGeneration: number;
  refreshedAt: Date | null;
  refreshIntent: number | null;
  inDoubt: boolean;
  doubtTried: boolean;
  tokenDead: boolean;
  coolUntil: Date | null;
  probeFailures: number;
}

/** Who is main in an org, and its hold. */
export interface LinkRow {
  orgId: string;
  mainId: string | null;
  mainEpoch: number;
  mainSince: Date | null;
  holdCode: string | null;
  holdText: string | null;
  holdDetail: string | null;
  holdSince: Date | null;
  holdUntil: Date | null;
  holdAttempts: number;
  apiUsed: number | null;
  apiMax: number | null;
  apiAt: Date | null;
  eventUsed: number | null;
  eventMax: number | null;
  eventAt: Date | null;
}

/** How the codes of causes begin that are about mail: of a user they say that the invitation did not arrive. */
export const MAIL_CAUSE = 'mail_';

/** The cause of a user that an administrator is removing. */
export const REMOVED = 'removed';

/** How long a person may take on Salesforce's pages. */
export const FLOW_MS = 15 * 60_000;
/** How long the browser that finished a sign-in may still ask for the permission set. */
export const AFTER_MS = 30 * 60_000;

export const EVENT_KINDS = [
  'registered',
  'invited',
  'connected',
  'made_main',
  'switched',
  'refreshed_failed',
  'disconnected',
  'removed',
  'held',
  'released',
  'standby_failed',
  'last_spare',
  'all_down',
  'recovered',
  'order_changed',
  'mode_changed',
  'mail_failed',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One line of the timeline. `from` and `to` are usernames; `waiting` counts rows that waited for the org at that moment. */
export interface EventEntry {
  kind: EventKind;
  text: string;
  cause?: string;
  causeText?: string;
  from?: string;
  to?: string;
  waiting?: number;
  nextStep?: string;
}

export interface FlowRow {
  id: string;
  /** `portal` and `acd` are other features' (sign-ins.ts). */
  kind: 'register' | 'invite' | 'portal' | 'acd';
  /** Sealed PKCE verifier. */
  verifier: string;
  login: string;
  returnUrl: string | null;
  orgId: string | null;
  connectionId: string | null;
  inviteHash: string | null;
}
