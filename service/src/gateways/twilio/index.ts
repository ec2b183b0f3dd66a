export { createTwilioClient } from './client.ts';
export { DEFAULT_BASE } from './http.ts';
export { errorText } from './error-codes.ts';
export { computeSignature, verifySignature } from './signature.ts';
export type { FormParams, SignatureCheck } from './signature.ts';
export { statusOf } from './statuses.ts';
export { parseInbound, parseStatus } from './webhooks.ts';
export type { InboundMedia, InboundWebhook, Parsed, StatusWebhook } from './webhooks.ts';
export type * from './types.ts';
