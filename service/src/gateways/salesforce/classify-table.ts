/**
 * The failover table as data. The codes come from Salesforce's enumerations `StatusCode`
 * and `ExceptionCode`; which class a code belongs to is Switchboard's judgement: is it the fault of one user, or would every user meet it?
 */
export type FailureClass = 'session' | 'user' | 'permission' | 'org' | 'app' | 'transient' | 'record' | 'cursor';

export interface TableRow {
  class: FailureClass;
  /** What an admin reads. */
  text: string;
  /** How long nobody should try again, in milliseconds, where the code says so. */
  retryAfterMs?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const user = (text: string, retryAfterMs?: number): TableRow => ({ class: 'user', text, ...(retryAfterMs ? { retryAfterMs } : {}) });
const org = (text: string, retryAfterMs?: number): TableRow => ({ class: 'org', text, ...(retryAfterMs ? { retryAfterMs } : {}) });
const record = (text: string): TableRow => ({ class: 'record', text });
const permission = (text: string): TableRow => ({ class: 'permission', text });
const transient = (text: string): TableRow => ({ class: 'transient', text });
const app = (text: string): TableRow => ({ class: 'app', text });

/** REST and record codes. Codes whose class depends on more than the code are refined in classify.ts. */
export const API_CODES: Readonly<Record<string, TableRow>> = {
  INVALID_SESSION_ID: { class: 'session', text: 'The sign-in of this user has expired.' },

  API_CURRENTLY_DISABLED: user('This user may not use the API any more (permission "API Enabled").'),
  CLIENT_NOT_ACCESSIBLE_FOR_USER: user('This user may not use the Switchboard app.'),
  INVALID_LOGIN: user('Salesforce refuses the sign-in of this user.'),
  PASSWORD_LOCKOUT: user('This user is locked out after wrong passwords.'),
  LOGIN_DURING_RESTRICTED_TIME: user('This user may not sign in at this hour.'),
  LOGIN_DURING_RESTRICTED_DOMAIN: user('This user may not sign in from the address of the service.'),
  LOGIN_CHALLENGE_ISSUED: user('Salesforce wants this user to confirm the identity.'),
  LOGIN_CHALLENGE_PENDING: user('Salesforce waits for this user to confirm the identity.'),
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD: user('The password of this user has expired.'),
  TXN_SECURITY_NO_ACCESS: user('A transaction security policy blocks this user.'),
  TXN_SECURITY_END_A_SESSION: user('A transaction security policy allows this user no further session.'),
  TXN_SECURITY_TWO_FA_REQUIRED: user('A transaction security policy wants a second factor from this user.'),
  LOGIN_RATE_EXCEEDED: user('This user has signed in too often within an hour.', HOUR),

  INSUFFICIENT_ACCESS: permission('This user lacks access to the record or object.'),
  INSUFFICIENT_ACCESS_OR_READONLY: permission('This user may not change the record.'),
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: permission('This user lacks access to a related record.'),
  INVALID_FIELD_FOR_INSERT_UPDATE: record('A field cannot be written.'),
  INVALID_FIELD: record('A field does not exist or cannot be seen.'),
  INVALID_TYPE: record('An object does not exist or cannot be seen.'),
  DELETE_FAILED: permission('This user may not delete the record.'),
  NOT_FOUND: record('The record does not exist.'),

  REQUEST_LIMIT_EXCEEDED: org('The org has used up its API calls.', 15 * MINUTE),
  API_DISABLED_FOR_ORG: org('The API is switched off for the org.', 30 * MINUTE),
  ORG_LOCKED: org('Salesforce has locked the org.', 30 * MINUTE),
  TRIAL_EXPIRED: org('The trial of the org has ended.', HOUR),
  ORG_IN_MAINTENANCE: org('The org is under maintenance.', 5 * MINUTE),
  INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: org('The org is read-only during maintenance.', 5 * MINUTE),
  SERVER_UNAVAILABLE: org('Salesforce is not available at the moment.'),
  FUNCTIONALITY_TEMPORARILY_UNAVAILABLE: org('Salesforce has switched a function off for a while.'),
  EXCEEDED_QUOTA: org('A quota of the org is used up.', 15 * MINUTE),
  STORAGE_LIMIT_EXCEEDED: org('The data storage of the org is full.', 15 * MINUTE),
  LICENSE_LIMIT_EXCEEDED: org('The org has no free licence for this.', 15 * MINUTE),
  UNSUPPORTED_API_VERSION: org('The org does not offer the API version.', HOUR),

  UNABLE_TO_LOCK_ROW: transient('Another process is changing the same record.'),
  QUERY_TIMEOUT: transient('The query took too long.'),
  ALL_OR_NONE_OPERATION_ROLLED_BACK: transient('Another record of the same call failed.'),

  DUPLICATE_VALUE: record('A unique field has the same value on another record.'),
  DUPLICATE_EXTERNAL_ID: record('Several records have this external id.'),
  DUPLICATES_DETECTED: record('A duplicate rule of the org found a similar record.'),
  STRING_TOO_LONG: record('A text is too long for its field.'),
  REQUIRED_FIELD_MISSING: record('A required field is empty.'),
  FIELD_CUSTOM_VALIDATION_EXCEPTION: record('A validation rule of the org refused the record.'),
  FIELD_INTEGRITY_EXCEPTION: record('A field value does not fit the record.'),
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: record('A picklist does not offer this value.'),
  INVALID_EMAIL_ADDRESS: record('An e-mail address is not valid.'),
  ENTITY_IS_DELETED: record('The record was deleted.'),
  ENTITY_IS_LOCKED: record('The record is locked by an approval.'),
  MALFORMED_ID: record('An id is not valid.'),
  MALFORMED_QUERY: record('The query is not valid.'),
  MALFORMED_SEARCH: record('The search is not valid.'),
  JSON_PARSER_ERROR: record('Salesforce could not read the request.'),
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: record('An Apex trigger or flow of the org refused the record.'),
  INVALID_CROSS_REFERENCE_KEY: record('A related record does not exist.'),
  INACTIVE_OWNER_OR_USER: record('The owner of the record is an inactive user.'),
  MULTIPLE_CHOICES: record('Several records have this external id.'),

  INVALID_QUERY_LOCATOR: { class: 'cursor', text: 'The query has to start again.' },
};

/** OAuth codes of the token endpoint. Texts differ between releases; the first match of code and description pattern counts. */
export const OAUTH_ROWS: readonly { code: RegExp; description?: RegExp; row: TableRow }[] = [
  {
    code: /./,
    description: /must be installed|allow-?list|not (on|in) the list of (allowed|trusted)/i,
    row: app('The org does not accept the Switchboard app or the address of the service.'),
  },
  { code: /./, description: /login.?rate/i, row: user('This user has signed in too often within an hour.', HOUR) },
  { code: /^login_rate_exceeded$/i, row: user('This user has signed in too often within an hour.', HOUR) },
  { code: /^inactive_user$/, row: user('This user is inactive.') },
  {
    code: /^invalid_grant$/,
    description: /authentication failure/i,
    row: user('The password of this user was changed or the user is inactive.'),
  },
  { code: /^invalid_grant$/, description: /ip restricted|login hours/i, row: user('This user may not sign in from here or at this hour.') },
  { code: /^invalid_grant$/, description: /approved/i, row: user('This user has withdrawn the approval of the Switchboard app.') },
  { code: /^invalid_grant$/, description: /inactive/i, row: user('This user is inactive.') },
  { code: /^invalid_grant$/, row: user('The access of this user was revoked or has expired.') },
  { code: /^inactive_org$/, row: org('The org is closed or locked.', HOUR) },
  { code: /^rate_limit_exceeded$/, row: org('Salesforce limits the sign-ins of the service.', MINUTE) },
  { code: /^invalid_client(_.*)?$/, row: app('Salesforce does not accept the Switchboard app (client id or secret).') },
  { code: /^(invalid_app_access|OAUTH_APP_BLOCKED|app_not_found)$/i, row: app('The org blocks the Switchboard app.') },
];
