import { describe, expect, it } from 'vitest';
import { API_CODES, type FailureClass } from './classify-table.ts';
import { classifyFailure, classifyRecordError, type CallContext } from './classify.ts';
import { HostRefusedError, OAuthError, SalesforceError } from './errors.ts';

const rest = (status: number, code: string, message = 'text', fields: string[] = []): SalesforceError =>
  new SalesforceError({ message: code, status, errors: [{ code, message, fields }], sent: 'yes' });
const oauth = (code: string, description = '', status = 400): OAuthError =>
  new OAuthError({ endpoint: 'token', code, description, status, sent: 'yes' });
const classOf = (error: unknown, context?: CallContext): FailureClass => classifyFailure(error, context).class;

// The rows of the failover table, written out again so that a change of the table is noticed here.
const ROWS: Record<FailureClass, string[]> = {
  session: ['INVALID_SESSION_ID'],
  user: [
    'API_CURRENTLY_DISABLED',
    'CLIENT_NOT_ACCESSIBLE_FOR_USER',
    'INVALID_LOGIN',
    'PASSWORD_LOCKOUT',
    'LOGIN_DURING_RESTRICTED_TIME',
    'LOGIN_DURING_RESTRICTED_DOMAIN',
    'LOGIN_CHALLENGE_ISSUED',
    'LOGIN_CHALLENGE_PENDING',
    'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    'TXN_SECURITY_NO_ACCESS',
    'TXN_SECURITY_END_A_SESSION',
    'TXN_SECURITY_TWO_FA_REQUIRED',
    'LOGIN_RATE_EXCEEDED',
  ],
  permission: ['INSUFFICIENT_ACCESS', 'INSUFFICIENT_ACCESS_OR_READONLY', 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'DELETE_FAILED'],
  org: [
    'REQUEST_LIMIT_EXCEEDED',
    'API_DISABLED_FOR_ORG',
    'ORG_LOCKED',
    'TRIAL_EXPIRED',
    'ORG_IN_MAINTENANCE',
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'SERVER_UNAVAILABLE',
    'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
    'EXCEEDED_QUOTA',
    'STORAGE_LIMIT_EXCEEDED',
    'LICENSE_LIMIT_EXCEEDED',
    'UNSUPPORTED_API_VERSION',
  ],
  app: [],
  transient: ['UNABLE_TO_LOCK_ROW', 'QUERY_TIMEOUT', 'ALL_OR_NONE_OPERATION_ROLLED_BACK'],
  record: [
    'DUPLICATE_VALUE',
    'DUPLICATE_EXTERNAL_ID',
    'DUPLICATES_DETECTED',
    'STRING_TOO_LONG',
    'REQUIRED_FIELD_MISSING',
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    'FIELD_INTEGRITY_EXCEPTION',
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'INVALID_EMAIL_ADDRESS',
    'ENTITY_IS_DELETED',
    'ENTITY_IS_LOCKED',
    'MALFORMED_ID',
    'MALFORMED_QUERY',
    'MALFORMED_SEARCH',
    'JSON_PARSER_ERROR',
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    'INVALID_CROSS_REFERENCE_KEY',
    'INACTIVE_OWNER_OR_USER',
  ],
  cursor: ['INVALID_QUERY_LOCATOR'],
};

describe('REST and record codes', () => {
  for (const [expected, codes] of Object.entries(ROWS)) {
    it.each(codes)(`%s is ${expected}`, (code) => {
      expect(classOf(rest(code === 'INVALID_SESSION_ID' ? 401 : 400, code))).toBe(expected);
      expect(classifyRecordError({ code, message: '', fields: [] })).toMatchObject({ class: expected, code, sent: 'yes' });
    });
  }

  it('covers every code of the table with a row above or a rule below', () => {
    const refined = ['INVALID_FIELD', 'INVALID_TYPE', 'INVALID_FIELD_FOR_INSERT_UPDATE', 'NOT_FOUND', 'MULTIPLE_CHOICES'];
    expect(Object.keys(API_CODES).sort()).toEqual([...Object.values(ROWS).flat(), ...refined].sort());
  });

  it('counts every code that begins with INSUFFICIENT_ACCESS as a permission', () => {
    expect(classOf(rest(403, 'INSUFFICIENT_ACCESS_TO_SOMETHING_NEW'))).toBe('permission');
  });

  it.each(['INVALID_FIELD', 'INVALID_TYPE', 'INVALID_FIELD_FOR_INSERT_UPDATE'])('%s is a permission on package names only', (code) => {
    expect(classOf(rest(400, code, "No such column 'Region__c' on entity 'Contact'"))).toBe('record');
    expect(classOf(rest(400, code, "No such column 'Body__c' on entity 'Message__c'"))).toBe('permission');
    expect(classOf(rest(400, code, "sObject type 'ns__OptOut__c' is not supported"))).toBe('permission');
    expect(classOf(rest(400, code), { packageFields: true })).toBe('permission');
  });

  it('takes a missing parent for a reason to send again, not for a permission', () => {
    const message = 'Foreign key external ID: 4711 not found for field ExternalId__c in entity Conversation__c';
    expect(classifyRecordError({ code: 'INVALID_FIELD', message, fields: [] }, { packageFields: true }).class).toBe('transient');
  });

  it('takes 404 for a permission only where the id is ours', () => {
    expect(classOf(rest(404, 'NOT_FOUND'))).toBe('record');
    expect(classOf(rest(404, 'NOT_FOUND'), { knownIds: true })).toBe('permission');
  });

  it('takes the key of an upsert that the user cannot see for a permission', () => {
    const message = 'Provided external ID field does not exist or is not accessible: ExternalId__c';
    expect(classOf(rest(404, 'NOT_FOUND', message))).toBe('permission');
    expect(classOf(rest(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible: Badge__c'))).toBe('record');
  });

  it('takes a duplicate of our own external id for a resend', () => {
    const other = {
      code: 'DUPLICATE_VALUE',
      message: 'duplicate value found: Badge__c duplicates value on record with id: 003',
      fields: [],
    };
    expect(classifyRecordError(other).class).toBe('record');
    expect(
      classifyRecordError({ ...other, message: 'duplicate value found: ns__ExternalId__c duplicates value on record with id: a0x' }).class,
    ).toBe('transient');
    expect(classifyRecordError({ ...other, message: 'Duplicate external id specified: 4711' }).class).toBe('transient');
    expect(classifyRecordError({ ...other, fields: ['ClientKey__c'] }).class).toBe('transient');
  });

  it('waits for the window when calls are used up, and seconds when too many run at once', () => {
    const total = classifyFailure(rest(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'));
    const concurrent = classifyFailure(rest(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'));
    expect(total.retryAfterMs).toBeGreaterThan(concurrent.retryAfterMs ?? Infinity);
  });

  it('cools a user down for an hour after too many sign-ins', () => {
    expect(classifyFailure(rest(403, 'LOGIN_RATE_EXCEEDED')).retryAfterMs).toBe(3_600_000);
  });
});

describe('traps', () => {
  it('judges by the code first: a trigger text that names a session is a record fault', () => {
    expect(classOf(rest(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'INVALID_SESSION_ID: callout failed, UNABLE_TO_LOCK_ROW'))).toBe(
      'record',
    );
  });
  it('uses the text only for codes nobody knows', () => {
    expect(classOf(rest(400, 'SOMETHING_NEW', 'ROW_LOCK could not be taken'))).toBe('transient');
  });
  it('sees a session without API rights as the user’s fault, refreshing would not help', () => {
    expect(classOf(rest(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'))).toBe('user');
  });
  it('never blames a user for the unknown', () => {
    expect(classOf(rest(400, 'SOMETHING_NEW'))).toBe('record');
    expect(classOf(rest(500, 'UNKNOWN_EXCEPTION'))).toBe('org');
  });
  it('counts any 5xx, 420, pages of something in between and "Access Declined" as the org', () => {
    const plain = (status: number, plainText: string): SalesforceError =>
      new SalesforceError({ message: 'x', status, plainText, sent: 'yes' });
    for (const [status, body] of [
      [502, ''],
      [503, '<html>'],
      [420, ''],
      [404, '<html>'],
      [400, 'Access Declined'],
      [302, ''],
    ] as const) {
      expect([status, classOf(plain(status, body))]).toEqual([status, 'org']);
    }
  });
  it('calls an answered 5xx uncertain and a refusal certain', () => {
    expect(classifyFailure(rest(500, 'UNKNOWN_EXCEPTION')).sent).toBe('maybe');
    expect(classifyFailure(rest(503, 'SERVER_UNAVAILABLE')).sent).toBe('yes');
    expect(classifyFailure(rest(400, 'MALFORMED_ID')).sent).toBe('yes');
  });
  it('lets the worst of several errors count', () => {
    const errors = ['STRING_TOO_LONG', 'PASSWORD_LOCKOUT'].map((code) => ({ code, message: '', fields: [] }));
    expect(classifyFailure(new SalesforceError({ message: '', status: 400, errors, sent: 'yes' })).code).toBe('PASSWORD_LOCKOUT');
  });
  it.each(['timeout', 'dns', 'connect', 'tls', 'cut', 'blocked'] as const)(
    'counts %s as the org, with what is known about sending',
    (fault) => {
      const failure = classifyFailure(new SalesforceError({ message: '', sent: 'maybe', fault }));
      expect(failure).toMatchObject({ class: 'org', code: fault.toUpperCase(), sent: 'maybe' });
    },
  );
  it('throws what is not a failure of Salesforce', () => {
    expect(() => classifyFailure(new TypeError('bug'))).toThrow(TypeError);
  });
  it('raises an alarm for a host that is not Salesforce’s', () => {
    expect(classOf(new HostRefusedError('example.com', 'no'))).toBe('app');
  });
});

describe('token endpoint', () => {
  it.each([
    ['invalid_grant', 'expired access/refresh token', 'user'],
    ['invalid_grant', 'authentication failure', 'user'],
    ['invalid_grant', 'ip restricted or invalid login hours', 'user'],
    ['invalid_grant', "user hasn't approved this consumer", 'user'],
    ['invalid_grant', 'a text of tomorrow', 'user'],
    ['inactive_user', 'user is inactive', 'user'],
    ['login_rate_exceeded', '', 'user'],
    ['inactive_org', 'organization is inactive', 'org'],
    ['rate_limit_exceeded', '', 'org'],
    ['invalid_client', 'invalid client credentials', 'app'],
    ['invalid_client_id', 'client identifier invalid', 'app'],
    ['invalid_client_credentials', '', 'app'],
    ['invalid_client', 'app must be installed into org', 'app'],
    ['invalid_grant', 'address not on the allow-list', 'app'],
    ['unsupported_grant_type', 'grant type not supported', 'app'],
    ['something_new', '', 'app'],
  ])('%s "%s" is %s', (code, description, expected) => {
    expect(classOf(oauth(code, description))).toBe(expected);
  });
  it('counts 5xx and lost answers as the org', () => {
    expect(classOf(oauth('', '', 503))).toBe('org');
    expect(classifyFailure(new OAuthError({ endpoint: 'token', sent: 'maybe', fault: 'cut' }))).toMatchObject({
      class: 'org',
      sent: 'maybe',
    });
  });
});
