export { ADMIN, AGENT, callerOf, registerAuth } from './auth.ts';
export { createTenancy, KEY_OVERLAP_MS, type Tenancy } from './service.ts';
export type { Caller, KeyScope, Org } from './types.ts';
export { orgMismatch } from './errors.ts';
