import { CallFailedError, type Connections, type LaneName } from './connections/index.ts';
import { explainFailure } from './gateways/salesforce/index.ts';
import type { OrgAccess } from './messaging/index.ts';
import type { Clock } from './platform/clock.ts';

/** Every request into an org ends long before the lease of the lane that makes it. */
const ORG_CALL_MS = 25_000;

/** The org as the delivery lanes see it: their work is made of upserts and reads, so it may run again as another user. */
export function orgAccess(connections: Connections, clock: Clock, lane: LaneName): OrgAccess {
  return {
    call: (orgId, work) => connections.call(orgId, { replay: 'idempotent', lane, packageFields: true, timeoutMs: ORG_CALL_MS }, work),
    tryOthers: connections.tryOthers,
    heldBy: (error) => connections.heldBy(error) ?? failedCall(error, clock),
    faultOf: (error) => (connections.heldBy(error) ? undefined : faultOf(error)),
  };
}

function faultOf(error: unknown): ReturnType<OrgAccess['faultOf']> {
  if (!(error instanceof CallFailedError)) return undefined;
  const { class: kind, code } = error.failure;
  const reason = explainFailure(error.failure);
  if (kind === 'record') return { of: 'request', code, reason };
  return kind === 'permission' ? { of: 'rights', code, reason } : undefined;
}

/** A call that failed as a whole without a fault of the org: a passing cause is over soon, missing rights wait for an admin. */
function failedCall(error: unknown, clock: Clock): ReturnType<OrgAccess['heldBy']> {
  if (!(error instanceof CallFailedError)) return undefined;
  const { class: kind, code, text, retryAfterMs } = error.failure;
  return { until: new Date(clock.now().getTime() + (retryAfterMs ?? (kind === 'transient' ? 2_000 : 60_000))), code, reason: text };
}
