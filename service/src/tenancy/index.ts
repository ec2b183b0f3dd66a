export { ADMIN, AGENT, callerOf, registerAuth, type ReadToken } from './auth.ts';
export { createTenancy, KEY_OVERLAP_MS, type Tenancy } from './service.ts';
export { createPageSessions, SESSION_MS, type PageSession, type PageSessions } from './sessions.ts';
export type { Caller, KeyScope, Org, TokenBearer } from './types.ts';
export { notRegistered, orgMismatch } from './errors.ts';
