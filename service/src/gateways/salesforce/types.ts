/**
 * Shapes of the Salesforce REST API that the rest of the service may see. Names are always *bare* (`Conversation__c`), whatever the namespace
 * of the installed package: the gateway adds and strips it (namespace.ts).
 */

/** A record as read or written: field name to value; nested objects are parent records (`Conversation__r`) or query results. */
export type SObjectRecord = Record<string, unknown>;

/** One page of a query. `locator` is present while more rows wait; it belongs to the user who opened it. */
export interface QueryPage<T = SObjectRecord> {
  totalSize: number;
  done: boolean;
  records: T[];
  locator?: string;
}

/** An error of one record inside a collection (`statusCode`) or of a refused request (`errorCode`), brought to one shape. */
export interface RecordError {
  code: string;
  message: string;
  fields: string[];
}

/** The result of one record of a collection, in the order the records were given. A published event's `OPERATION_ENQUEUED` is success. */
export interface SaveResult {
  id: string | null;
  success: boolean;
  created: boolean;
  errors: RecordError[];
}

/** One step of a composite call; build it with the helpers of composite.ts. */
export interface Subrequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the version root, for example `/composite/sobjects/Message__c/ExternalId__c` (already namespaced by the helper). */
  path: string;
  referenceId: string;
  body?: unknown;
  /** What the answer holds, so that it can be brought to its typed shape. */
  answer: 'saves' | 'page' | 'record' | 'nothing';
}

/** What one step of a composite answered. `errors` is empty when `ok`. */
export interface SubResult {
  referenceId: string;
  status: number;
  ok: boolean;
  /** Results of a collection step (`answer: 'saves'`). */
  saves: SaveResult[];
  /** Rows of a query step (`answer: 'page'`). */
  page?: QueryPage;
  /** Body of a record step (`answer: 'record'`). */
  record?: SObjectRecord;
  errors: RecordError[];
}

export interface DescribeField {
  name: string;
  label: string;
  type: string;
  length: number;
  createable: boolean;
  updateable: boolean;
  filterable: boolean;
  externalId: boolean;
  referenceTo: string[];
  relationshipName: string | null;
}

export interface DescribeResult {
  name: string;
  label: string;
  createable: boolean;
  updateable: boolean;
  deletable: boolean;
  queryable: boolean;
  /** SOSL finds its records; of custom objects only those for which an admin allowed it. */
  searchable: boolean;
  fields: DescribeField[];
}

/** Entries of `/limits`, for example `DailyApiRequests` or `HourlyPublishedPlatformEvents`. */
export type Limits = Record<string, { Max: number; Remaining: number }>;

/** Calls the org has used in its rolling 24 hours, as the `Sforce-Limit-Info` header of the latest answer says. */
export interface ApiUsage {
  used: number;
  max: number;
  /** Present where the org reports a burst limit too. */
  bursts?: { used: number; max: number };
}

export interface NotificationRequest {
  title: string;
  body: string;
  /** User, group or queue ids; at most 500 in one call. */
  recipientIds: string[];
  /** The record or page the notification opens. */
  targetId?: string;
  /** JSON of a page reference, used where there is no record. */
  targetPageRef?: string;
}

export interface CredentialRequest {
  /** Developer name without namespace. */
  externalCredential: string;
  principal: string;
  /** Authentication parameters by name. The values are secrets: never logged. */
  parameters: Record<string, string>;
}
