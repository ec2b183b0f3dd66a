import { SalesforceError } from '../org.ts';

/** `locked`: the org is suspended for everybody. `maintenance`: it is down for everybody and will come back. */
export type OrgStateName = 'active' | 'locked' | 'maintenance';

/** What is wrong with the org as a whole; faults of this kind must not make a client switch users. */
export class OrgState {
  current: OrgStateName = 'active';

  /** Throws what every API call answers while the org is not active. */
  check(): void {
    if (this.current === 'locked') throw new SalesforceError(403, 'ORG_LOCKED', 'The organization is locked');
    if (this.current === 'maintenance') {
      throw new SalesforceError(503, 'ORG_IN_MAINTENANCE', 'The organization is down for maintenance. Try again later.');
    }
  }
}
