/** What a key may do: `agent` sends and reads, `admin` also sets up, `acd` only looks callers up. */
export type KeyScope = 'agent' | 'admin' | 'acd';

export interface Org {
  /** Ours, never shown. */
  id: string;
  /** 18 characters, as Salesforce gives it. */
  salesforceId: string;
  name: string;
  /** Of the installed package; empty when it is deployed without one. */
  namespace: string;
  instanceUrl: string;
  loginUrl: string;
  /** Off: everything is kept and held, nothing is written to the org. */
  connectionMode: boolean;
  notifyEmails: string[];
  registeredAt: Date;
}

export interface ApiKeyRow {
  id: string;
  orgId: string;
  salesforceOrgId: string;
  scope: KeyScope;
  /** What the key is for, where several of one scope live side by side: the id of a phone system. Empty otherwise. */
  usedFor: string;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** Who calls a route. The org comes from the key alone. */
export interface Caller {
  orgId: string;
  salesforceOrgId: string;
  keyId: string;
  scope: KeyScope;
  /** See `ApiKeyRow`. */
  usedFor: string;
  /** The Salesforce user at the other end as the org says it; for the record, never authority. */
  userId: string | undefined;
  /** How the proof came. */
  sentIn: 'header' | 'url' | 'body';
}

/** Whose signed token it is: a phone system's. */
export interface TokenBearer {
  /** Of what it is signed with. */
  id: string;
  orgId: string;
  salesforceOrgId: string;
  /** Our id of the phone system. */
  usedFor: string;
}
