import type { Failure } from '../gateways/salesforce/index.ts';
import { defineProblem } from '../platform/errors.ts';

export const connectionLimit = defineProblem('connection_limit', 409, 'Three connected users are the most');
export const alreadyConnected = defineProblem('already_connected', 409, 'This user is on the list already');
export const userNotFound = defineProblem('user_not_found', 404, 'There is no such user in this org');
export const userInactive = defineProblem('user_inactive', 409, 'This user is inactive');
export const notAdministrator = defineProblem('not_administrator', 409, 'This user is not an administrator');
export const connectionNotConnected = defineProblem('connection_not_connected', 409, 'This user is not connected');
export const lastConnection = defineProblem('last_connection', 409, 'This is the last connected user');
export const removalOvertaken = defineProblem('removal_overtaken', 409, 'This user came back while it was being removed');
export const orderIncomplete = defineProblem('order_incomplete', 400, 'The order does not name every user once');
export const mailNotConfigured = defineProblem('mail_not_configured', 503, 'The service cannot send e-mail');
export const orgUnreachable = defineProblem('org_unreachable', 503, 'The Salesforce org cannot be reached at the moment');
export const salesforceRefused = defineProblem('salesforce_refused', 502, 'Salesforce refused the request');
export const connectionTestFailed = defineProblem('connection_test_failed', 409, 'This user does not reach the org');

// Shown on the pages under /connect, where the reader is a person with a browser.
export const signInStateInvalid = defineProblem(
  'sign_in_state_invalid',
  400,
  'This sign-in was not started in this browser, or took too long',
);
export const signInRefused = defineProblem('sign_in_refused', 400, 'The sign-in did not succeed');
export const inviteInvalid = defineProblem('invite_invalid', 410, 'This invitation is not valid any more');
export const wrongUser = defineProblem('wrong_user', 403, 'The invitation is for another user');
export const packageMissing = defineProblem('package_missing', 409, 'Switchboard is not installed in this org');
export const loginHostInvalid = defineProblem('login_host_invalid', 400, 'This is not a Salesforce login address');

/** A call could not be made or did not succeed. `failure` says whose fault it is and whether the work may have been done. */
export class CallFailedError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options: { cause?: unknown } = {}) {
    super(`the org refused: ${failure.code}`, options);
    this.name = 'CallFailedError';
    this.failure = failure;
  }
}

/** The org is on hold: nobody should call before `until`. Rows stay as they are; the lanes are released when the org is reached again. */
export class OrgHeldError extends CallFailedError {
  readonly until: Date;
  constructor(failure: Failure, until: Date, options: { cause?: unknown } = {}) {
    super(failure, options);
    this.name = 'OrgHeldError';
    this.until = until;
  }
}
