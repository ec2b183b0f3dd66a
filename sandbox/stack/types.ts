import type { Carrier } from '../carrier/carrier.ts';
import type { LightningPage } from '../lightning/start.ts';
import type { MailPeer } from '../mail/server.ts';
import type { SalesforcePeer } from '../salesforce/server.ts';
import type { OrgApi } from './org-api.ts';
import type { Ports } from './ports.ts';
import type { ServiceProcess } from './service.ts';

export interface StackOptions {
  ports: Ports;
  /** Folder for everything that stays over a restart. */
  dataDir: string;
  /** `conversations`: the org is registered, two users are connected, both carriers are set up, and every state has an example. `connected`: without conversations. `nothing`: a new org. */
  sample: 'conversations' | 'connected' | 'nothing';
  namespace?: string | undefined;
  /** False leaves the Lightning page out. */
  lightning?: boolean;
  watch?: boolean | undefined;
  env?: Record<string, string> | undefined;
  /** Another copy of the service's entry file. */
  main?: string | undefined;
  onProgress?: ((text: string) => void) | undefined;
  onOutput?: ((text: string) => void) | undefined;
}

/** Everything on one machine: the service as its own process, and the sandbox's peers in this one. */
export interface Stack {
  ports: Ports;
  salesforce: SalesforcePeer;
  carrier: Carrier;
  mail: MailPeer;
  lightning: LightningPage | undefined;
  service: ServiceProcess;
  /** Calls the service as Apex does for a user of the org. */
  api: OrgApi;
  /** The org's key with scope `admin`, as it stands in the External Credential; empty before the org is registered. */
  apiKey(): string;
  startService(env?: Record<string, string>): Promise<ServiceProcess>;
  close(): Promise<void>;
}
