export { connectSmpp, tryBind } from './link.ts';
export { messageIdCandidates, messageIdKey } from './message-id.ts';
export { joinParts } from './text-coding.ts';
export { fromWire, toWire } from './addresses.ts';
export { decodeGsm7, encodeGsm7, isGsm7 } from './gsm7.ts';
export type * from './types.ts';
