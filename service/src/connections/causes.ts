import type { Failure } from '../gateways/salesforce/index.ts';
import { REMOVED } from './types.ts';

/** What an admin should do about a cause, in words. The codes are Salesforce's, OAuth's, or ours (lower case). */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  invalid_grant:
    'See that the user is active, not locked and allowed to sign in now; then press Test. If that fails, press Reconnect and let the user sign in again.',
  inactive_user: 'Activate the user in Setup, or remove this connection and invite another administrator.',
  API_CURRENTLY_DISABLED: 'Give the user the permission "API Enabled".',
  CLIENT_NOT_ACCESSIBLE_FOR_USER: 'Allow the user to use the Switchboard app (Setup, External Client App Manager).',
  PASSWORD_LOCKOUT: 'Unlock the user in Setup. The connection comes back by itself.',
  LOGIN_DURING_RESTRICTED_TIME: 'Widen the login hours of the user’s profile, or wait until they begin.',
  LOGIN_DURING_RESTRICTED_DOMAIN: 'Add the address of the service to the login IP ranges of the user’s profile.',
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD: 'Let the user set a new password, then press Reconnect.',
  LOGIN_RATE_EXCEEDED: 'Nothing to do: the user is tried again after an hour.',
  REQUEST_LIMIT_EXCEEDED: 'Wait until calls of the last 24 hours expire, or buy more API calls. Nothing is lost meanwhile.',
  STORAGE_LIMIT_EXCEEDED: 'Free or buy data storage. Nothing is lost meanwhile.',
  API_DISABLED_FOR_ORG: 'Switch the API on for the org.',
  ORG_LOCKED: 'Contact Salesforce support. Nothing is lost meanwhile.',
  invalid_client: 'Check the client id and secret of the service, and the app in the org.',
  HOST_REFUSED: 'Register the org again with its My Domain address.',
  refresh_in_doubt: 'Press Reconnect and let the user sign in again.',
  key_missing: 'The operator puts the missing key back into ENCRYPTION_KEYS of the service. Nothing is lost meanwhile.',
  [REMOVED]: '',
  manual: '',
};

const BY_CLASS: Readonly<Record<Failure['class'], string>> = {
  session: 'Press Test; if it fails, press Reconnect.',
  user: 'Put the cause right or press Reconnect and let the user sign in again.',
  permission: 'Assign the permission set "Switchboard Integration" to the user.',
  org: 'Nothing to do: the service tries again by itself. Nothing is lost meanwhile.',
  app: 'Check the Switchboard app in the org and the settings of the service.',
  transient: 'Nothing to do: the service tries again by itself.',
  record: 'Look at the parked row on the Message health page.',
  cursor: 'Nothing to do: the service starts the query again.',
};

/** The next step after a failure. Never empty for a fault. */
export function nextStepOf(failure: Pick<Failure, 'class' | 'code' | 'detail'>): string {
  if (isDeadGrant(failure)) return 'Press Reconnect and let the user sign in again.';
  return NEXT_STEPS[failure.code] ?? BY_CLASS[failure.class];
}

/** Whether a grant is gone for good, so that only a new sign-in helps and probing it would be pointless. */
export function isDeadGrant(failure: Pick<Failure, 'code' | 'detail'>): boolean {
  return failure.code === 'refresh_in_doubt' || (failure.code === 'invalid_grant' && /expired|revoked|approved/i.test(failure.detail));
}
