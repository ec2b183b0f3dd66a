import { API_CODES, OAUTH_ROWS, type FailureClass, type TableRow } from './classify-table.ts';
import { HostRefusedError, OAuthError, SalesforceError, type Sent } from './errors.ts';
import { OWN_EXTERNAL_IDS, PACKAGE_OBJECTS } from './package-names.ts';
import type { RecordError } from './types.ts';

export type { FailureClass } from './classify-table.ts';

/** A failed call or record, judged. */
export interface Failure {
  /**
   * session: refresh once · user: switch, this user is down · permission: another user may pass · org: hold, never switch · app: hold and
   * alarm, never switch · transient: same user, again with jitter (at most 5 times) · record: park, never retry · cursor: restart the query.
   */
  class: FailureClass;
  /** Salesforce's or OAuth's code, or one of ours for faults below HTTP: TIMEOUT, DNS, CONNECT, TLS, CUT, BLOCKED, HTTP_<status>. */
  code: string;
  /** One sentence in an admin's words. Holds no data of the org. */
  text: string;
  /** What Salesforce said. May quote record values: for the admin's eyes, never for a log. */
  detail: string;
  retryAfterMs?: number;
  /** `maybe`: the work may have been done although no answer came (`salesforce-platform.md` 6.3). */
  sent: Sent;
}

/** What the caller knows about its own request; it decides the rows of the table that depend on it. */
export interface CallContext {
  /** The ids in the call come from our own store: a 404 then means missing access, not a wrong id. */
  knownIds?: boolean;
  /** The fields and objects in the call are the package's: an unknown field then means missing field rights. */
  packageFields?: boolean;
}

/** Judges a thrown error of this gateway; anything else (a bug of ours) is thrown back. */
export function classifyFailure(error: unknown, context: CallContext = {}): Failure {
  if (error instanceof SalesforceError) return classifyRest(error, context);
  if (error instanceof OAuthError) return classifyOAuth(error);
  if (error instanceof HostRefusedError) {
    return {
      class: 'app',
      code: 'HOST_REFUSED',
      text: 'The address of the org is not a Salesforce address.',
      detail: error.message,
      sent: 'no',
    };
  }
  throw error;
}

/** Judges the error of one record inside an answered call. */
export function classifyRecordError(error: RecordError, context: CallContext = {}): Failure {
  return build(rowOf(error, context) ?? { class: 'record', text: 'Salesforce refused the record.' }, error.code, error.message, 'yes');
}

/** Salesforce's code where it refuses what was asked or who asks; undefined for a fault of the session, the org or the way to it. */
export function refusedCode(error: unknown): string | undefined {
  if (!(error instanceof SalesforceError)) return undefined;
  const failure = classifyFailure(error);
  return failure.class === 'record' || failure.class === 'permission' ? failure.code : undefined;
}

const FAULT_TEXT: Readonly<Record<string, string>> = {
  timeout: 'Salesforce did not answer in time.',
  dns: 'The address of the org cannot be found.',
  connect: 'Salesforce cannot be reached.',
  tls: 'The certificate of the org could not be checked.',
  cut: 'The connection to Salesforce broke before the answer was complete.',
  blocked: 'The address of the org leads to a private network.',
};

function classifyRest(error: SalesforceError, context: CallContext): Failure {
  if (error.fault) {
    return build(
      { class: 'org', text: FAULT_TEXT[error.fault] ?? 'Salesforce cannot be reached.' },
      error.fault.toUpperCase(),
      error.message,
      error.sent,
    );
  }
  const { status } = error;
  const detail = error.errors.map((item) => item.message).join('; ') || error.plainText || error.message;
  if (/not valid for use with the REST API/i.test(detail) && status === 401) {
    return build(
      { class: 'user', text: 'The session of this user may not use the API.' },
      error.errors[0]?.code ?? 'HTTP_401',
      detail,
      'yes',
    );
  }
  const judged = error.errors.flatMap((item) => {
    const row = rowOf(item, context);
    return row ? [{ item, row }] : [];
  });
  const worst = judged.sort((a, b) => SEVERITY.indexOf(a.row.class) - SEVERITY.indexOf(b.row.class))[0];
  const hint = error.retryAfterMs ?? undefined;
  if (worst) return build(worst.row, worst.item.code, worst.item.message, sentOf(error), hint);
  const code = error.errors[0]?.code || `HTTP_${status}`;
  if (status === 401) return build({ class: 'session', text: 'The sign-in of this user is not accepted.' }, code, detail, 'yes');
  if (status >= 500) return build({ class: 'org', text: 'Salesforce failed to answer.' }, code, detail, 'maybe', hint);
  if (status === 420)
    return build({ class: 'org', text: 'The org was deleted or has expired.', retryAfterMs: 3_600_000 }, code, detail, 'yes');
  if (status === 429)
    return build({ class: 'org', text: 'Salesforce asks for fewer calls.', retryAfterMs: 60_000 }, code, detail, 'yes', hint);
  if (status === 404 && error.plainText !== null) {
    return build({ class: 'org', text: 'There is no org at this address.', retryAfterMs: 900_000 }, code, detail, 'yes');
  }
  if (/access declined/i.test(error.plainText ?? ''))
    return build({ class: 'org', text: 'Salesforce is overloaded.' }, code, detail, 'yes');
  // A page or redirect instead of JSON comes from something in front of the API (maintenance page, proxy), so no user and no record is to blame.
  if (error.plainText !== null && (status < 400 || status === 403)) {
    return build({ class: 'org', text: 'Something in front of Salesforce answered.' }, code, detail, 'maybe');
  }
  return build({ class: 'record', text: 'Salesforce refused the request.' }, code, detail, 'yes');
}

/** Of several errors in one refusal the one that says most about who is to blame counts. */
const SEVERITY: readonly FailureClass[] = ['session', 'user', 'app', 'org', 'cursor', 'permission', 'transient', 'record'];

function sentOf(error: SalesforceError): Sent {
  return error.status >= 500 && !error.errors.some((item) => item.code === 'SERVER_UNAVAILABLE') ? 'maybe' : 'yes';
}

function rowOf(error: RecordError, context: CallContext): TableRow | undefined {
  const { code, message } = error;
  const row = API_CODES[code];
  switch (code) {
    case 'INVALID_FIELD':
      // The parent row is not there yet: resend together with it.
      if (/foreign key external id/i.test(message)) return { class: 'transient', text: 'The parent record is not in the org yet.' };
      return ofPackage(error, context) ? { class: 'permission', text: 'This user cannot see a field of Switchboard.' } : row;
    case 'INVALID_TYPE':
      return ofPackage(error, context) ? { class: 'permission', text: 'This user cannot see an object of Switchboard.' } : row;
    case 'INVALID_FIELD_FOR_INSERT_UPDATE':
      return ofPackage(error, context) ? { class: 'permission', text: 'This user cannot write a field of Switchboard.' } : row;
    case 'NOT_FOUND':
      // An upsert whose key field is hidden from the user.
      if (/external id field/i.test(message) && OWN_EXTERNAL_IDS.some((name) => message.includes(name)))
        return { class: 'permission', text: 'This user cannot see a field of Switchboard.' };
      return context.knownIds ? { class: 'permission', text: 'This user cannot see a record that exists.' } : row;
    case 'DUPLICATE_VALUE':
      return ownDuplicate(error) ? { class: 'transient', text: 'The same record was sent twice.' } : row;
    case 'REQUEST_LIMIT_EXCEEDED':
      return /concurrent/i.test(message) ? { class: 'org', text: 'The org runs too many long calls at once.', retryAfterMs: 10_000 } : row;
    default:
      if (row) return row;
      if (code.startsWith('INSUFFICIENT_ACCESS')) return API_CODES['INSUFFICIENT_ACCESS'];
      // Text last, and only for codes nobody knows.
      if (/ROW_LOCK/.test(message)) return API_CODES['UNABLE_TO_LOCK_ROW'];
      return undefined;
  }
}

function ofPackage(error: RecordError, context: CallContext): boolean {
  return context.packageFields === true || PACKAGE_OBJECTS.some((name) => error.message.includes(name));
}

function ownDuplicate(error: RecordError): boolean {
  if (/duplicate external id specified/i.test(error.message)) return true;
  return OWN_EXTERNAL_IDS.some((name) => error.fields.includes(name) || error.message.includes(name));
}

function classifyOAuth(error: OAuthError): Failure {
  if (error.fault) {
    return build(
      { class: 'org', text: FAULT_TEXT[error.fault] ?? 'Salesforce cannot be reached.' },
      error.fault.toUpperCase(),
      error.message,
      error.sent,
    );
  }
  if (error.endpoint === 'identity' && (error.status === 401 || error.status === 403)) {
    return build(
      { class: 'session', text: 'The sign-in of this user is not accepted.' },
      error.code || `HTTP_${error.status}`,
      error.description,
      'yes',
    );
  }
  for (const { code, description, row } of OAUTH_ROWS) {
    if (code.test(error.code) && (!description || description.test(error.description))) {
      return build(row, error.code, error.description, error.sent);
    }
  }
  if (error.status >= 500 || !error.code) {
    return build(
      { class: 'org', text: 'Salesforce failed to answer the sign-in.' },
      error.code || `HTTP_${error.status}`,
      error.description,
      error.sent,
    );
  }
  // An unknown OAuth refusal must neither mark a user down nor park records: the whole service asks in the same way, so it is raised as an alarm.
  return build({ class: 'app', text: 'Salesforce refused the sign-in of the service.' }, error.code, error.description, error.sent);
}

function build(row: TableRow, code: string, detail: string, sent: Sent, retryAfterMs: number | undefined = row.retryAfterMs): Failure {
  return { class: row.class, code, text: row.text, detail, sent, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
