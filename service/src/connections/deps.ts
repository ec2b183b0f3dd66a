import type { SalesforceOAuth } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { SecretBox } from '../platform/crypto.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { Logger } from '../platform/log.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Broker } from './broker.ts';
import type { Call } from './call.ts';
import type { Failover } from './failover.ts';
import type { Notices } from './notices.ts';
import type { Probes } from './probes.ts';
import type { RightsProber } from './rights.ts';
import type { Connect } from './sessions.ts';
import type { SignIns } from './sign-ins.ts';
import type { Store } from './store.ts';

/** Most connected users of an org, the main one included. */
export const MAX_USERS = 3;

/** What the verbs of this feature share; built once in index.ts. */
export interface Parts {
  store: Store;
  tenancy: Tenancy;
  oauth: SalesforceOAuth;
  connect: Connect;
  broker: Broker;
  failover: Failover;
  notices: Notices;
  call: Call;
  probes: Probes;
  rights: RightsProber;
  secretBox: SecretBox;
  clock: Clock;
  failPoints: FailPoints;
  logger: Logger;
  publicUrl: string;
  /** What other features do at the end of sign-ins that they began. */
  signIns: SignIns;
  releaseLanes: (orgId: string) => Promise<void>;
  /** Throws HostRefusedError unless the address is the org's or one that configuration allows. */
  checkReturn: (url: string) => string;
}
