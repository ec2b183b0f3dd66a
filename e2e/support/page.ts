/** The Lightning page with a sandbox org behind it, on free ports and in memory. */
import { startSalesforce, type SalesforceOptions, type SalesforcePeer } from '../../sandbox/salesforce/server.ts';
import { startLightning, type LightningOptions, type LightningPage } from '../../sandbox/lightning/start.ts';

export interface StageOptions {
  salesforce?: SalesforceOptions;
  lightning?: Partial<LightningOptions>;
  /** Where commands of Apex go; default nowhere, so that they fail as if the service did not answer. */
  serviceUrl?: string;
}

export interface Stage {
  url: string;
  salesforce: SalesforcePeer;
  page: LightningPage;
  close(): Promise<void>;
}

/** Port 9 (discard) of this machine: nothing answers there. */
const NOWHERE = 'http://localhost:9';

export async function startStage({ salesforce = {}, lightning = {}, serviceUrl = NOWHERE }: StageOptions = {}): Promise<Stage> {
  const org = await startSalesforce({ port: 0, calloutUrl: serviceUrl, ...salesforce });
  try {
    const page = await startLightning({ port: 0, salesforceUrl: org.url, serviceUrl, ...lightning });
    return {
      url: page.url,
      salesforce: org,
      page,
      async close() {
        await page.close();
        await org.close();
      },
    };
  } catch (error) {
    await org.close();
    throw error;
  }
}
