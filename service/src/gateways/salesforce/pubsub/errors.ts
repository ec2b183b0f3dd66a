import { status, type Metadata, type ServiceError } from '@grpc/grpc-js';

/**
 * Why change events do not come. unauthenticated: the Pub/Sub API does not accept the user's token · replay-gone: the place is older than
 * Salesforce keeps events, or was never one · allocation: the org's deliveries of 24 hours are used up · topic-missing: no such channel, or the
 * user may not receive it, or the org has no Pub/Sub API · off: no address of the Pub/Sub API is set · unavailable: anything else, it may pass.
 */
export type PubSubFault = 'unauthenticated' | 'replay-gone' | 'allocation' | 'topic-missing' | 'off' | 'unavailable';

/** Change events were refused, or their stream broke. Says nothing about the org's REST API. */
export class PubSubError extends Error {
  readonly fault: PubSubFault;
  /** Salesforce's code (`sfdc.platform.eventbus.grpc.…`), or a gRPC status by name. */
  readonly code: string;
  constructor(fault: PubSubFault, code: string, message: string) {
    super(message);
    this.name = 'PubSubError';
    this.fault = fault;
    this.code = code;
  }
}

/** By Salesforce's code in the trailer `error-code` (Pub/Sub API guide, "Handle Errors"), else by the gRPC status. */
export function toPubSubError(error: unknown): PubSubError {
  if (error instanceof PubSubError) return error;
  const { code: grpc, details, metadata, message } = error as Partial<ServiceError> & { metadata?: Metadata };
  const code = metadata?.get('error-code')[0]?.toString() ?? status[grpc ?? status.UNKNOWN] ?? 'UNKNOWN';
  return new PubSubError(faultOf(code, grpc), code, (details ?? message ?? code).slice(0, 300));
}

function faultOf(code: string, grpc: status | undefined): PubSubFault {
  if (/\.service\.auth\./.test(code) || grpc === status.UNAUTHENTICATED) return 'unauthenticated';
  if (/\.fetch\.replayid\./.test(code)) return 'replay-gone';
  if (/\.subscription\.limit\.exceeded/.test(code)) return 'allocation';
  if (/\.(unavailable|error)$/.test(code)) return 'unavailable';
  if (/\.topic\.|\.service\.tenant\.license/.test(code) || grpc === status.NOT_FOUND || grpc === status.PERMISSION_DENIED)
    return 'topic-missing';
  return 'unavailable';
}
