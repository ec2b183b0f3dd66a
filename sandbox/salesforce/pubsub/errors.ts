/** Refusals of the Pub/Sub API: a gRPC status, and Salesforce's code in the trailer `error-code`. */
import { randomUUID } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';

/** Salesforce's code, its gRPC status and text. Codes: Pub/Sub API guide, "Handle Errors"; statuses but for replay ids and authentication are assumed. */
const REFUSALS = {
  'service.auth.headers.invalid': [status.UNAUTHENTICATED, 'A header of the call is missing or invalid.'],
  'service.auth.error': [status.UNAUTHENTICATED, 'The call does not have valid authentication credentials for the operation.'],
  'service.unavailable': [status.UNAVAILABLE, 'The service is unavailable. Try again later.'],
  'subscription.fetch.replayid.corrupted': [
    status.INVALID_ARGUMENT,
    'The Replay ID validation failed. Ensure that the Replay ID is valid and within the retention window.',
  ],
  'subscription.fetch.replayid.validation.failed': [status.INVALID_ARGUMENT, 'The replay preset CUSTOM needs a Replay ID.'],
  'subscription.fetch.requested.events.invalid': [status.INVALID_ARGUMENT, 'The number of requested events must be greater than 0.'],
  'subscription.fetch.topic.mismatch': [status.INVALID_ARGUMENT, 'The topic cannot change within a stream.'],
  'subscription.limit.exceeded': [status.RESOURCE_EXHAUSTED, 'You have exceeded the event delivery limit for your org.'],
  'subscription.topic.cannot.subscribe': [status.PERMISSION_DENIED, 'The user does not have the permissions that the topic needs.'],
  'topic.not.found': [status.NOT_FOUND, 'The topic does not exist.'],
  'schema.validation.failed': [status.INVALID_ARGUMENT, 'Schema validation failed. The schema ID is blank or unknown.'],
} as const;

export type Refusal = keyof typeof REFUSALS;

/** The error that a call ends with. */
export function refusal(code: Refusal): ServiceError {
  const [grpcStatus, text] = REFUSALS[code];
  const metadata = new Metadata();
  const rpcId = randomUUID();
  metadata.set('error-code', `sfdc.platform.eventbus.grpc.${code}`);
  metadata.set('rpc-id', rpcId);
  return Object.assign(new Error(text), { code: grpcStatus, details: `${text} rpcId: ${rpcId}`, metadata });
}
