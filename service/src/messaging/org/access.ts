import type { SalesforceClient } from '../../gateways/salesforce/index.ts';

/** How the org is reached; `connections` gives it. Throws `OrgHeldError` while nobody can reach it. */
export interface OrgAccess {
  call<T>(orgId: string, work: (sf: SalesforceClient, user: { connectionId: string; rightsVersion: number }) => Promise<T>): Promise<T>;
  /** Tries the other connected users, without judging them, until `accepted`; undefined when nobody succeeds. */
  tryOthers<T>(orgId: string, work: (sf: SalesforceClient) => Promise<T>, accepted: (result: T) => boolean): Promise<T | undefined>;
  /** Until when the org is not to be called, and why; undefined when it may be called. */
  heldBy(error: unknown): { until: Date; code: string; reason: string } | undefined;
  /** Whose fault a call was that failed as a whole although the org answers: what was asked, or the rights of every user who could ask. */
  faultOf(error: unknown): { of: 'request' | 'rights'; code: string; reason: string } | undefined;
}
