/**
 * The sandbox org: one SQLite database that behaves like a Salesforce org's data. This file is what the rest of the
 * sandbox builds on; everything behind it lives in `data/`.
 */

export { SalesforceError, errorBody, notFound, asSalesforceError } from './data/errors.ts';
export type { ErrorBody } from './data/errors.ts';
export { makeId, normaliseId, prefixOf } from './data/ids.ts';
export type { OrgClock } from './data/clock.ts';
export type { EventBus, EventMessage, Subscription } from './data/events.ts';
export type { OrgMetadata, ExternalCredentialMeta, NamedCredentialMeta, NotificationTypeMeta } from './data/metadata/read.ts';
export type { FieldDef, ObjectDef } from './data/model.ts';
export type { Schema } from './data/schema.ts';
export type { OrgUser, Users } from './data/users.ts';
export type { FieldRights, ObjectRights, UserRights } from './data/rights.ts';
export { openOrg } from './data/open.ts';
export { registerDataRoutes } from './data/http/register.ts';
export type { DataRouteOptions, OrgSession } from './data/http/register.ts';
export { convertLead } from './data/verbs/convert-lead.ts';
export type { ConvertOptions, ConvertResult } from './data/verbs/convert-lead.ts';
export { mergeRecords } from './data/verbs/merge.ts';
export { undeleteRecord } from './data/verbs/undelete.ts';
export { seedRecords } from './data/verbs/seed.ts';
export type { SeedOptions } from './data/verbs/seed.ts';
export { loadSample, SAMPLE_NUMBERS } from './sample/sample.ts';
export type { OpenOrgOptions, Org, Row, Values } from './data/org-types.ts';
