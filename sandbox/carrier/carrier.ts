import type { FastifyInstance } from 'fastify';
import { registerControl } from '../control/control.ts';
import { createPeerApp, listenLocal } from '../control/peer.ts';
import { sampleAccounts, samplePhones } from './accounts.ts';
import type { CarrierAccounts, SamplePhone } from './accounts.ts';
import { createBehaviours } from './behaviours.ts';
import { allowCommandStatuses, registerCarrierControl, seedTexts } from './control.ts';
import { registerPhonePage } from './phone/routes.ts';
import { createPhones } from './phones.ts';
import { startSmsc } from './smsc/server.ts';
import type { Smsc } from './smsc/server.ts';
import { defaultSmscSettings } from './smsc/settings.ts';
import type { SmscSettings } from './smsc/settings.ts';
import { createStore } from './store.ts';
import { registerTwilioApi, twilioUser } from './twilio/api.ts';
import { createTwilioMessages } from './twilio/messages.ts';
import { errorJson } from './twilio/shapes.ts';

export interface CarrierOptions {
  /** HTTP: API, phone page and control surface. Default 8082; 0 = any free port. */
  readonly port?: number;
  /** Default 2775; 0 = any free port. */
  readonly smppPort?: number;
  readonly accounts?: CarrierAccounts;
  /** Phones that the phone page offers, for example those of the sample contacts. */
  readonly phones?: readonly SamplePhone[];
  /** How the service reaches this carrier; media addresses start with it. Default `http://localhost:<port>`. */
  readonly publicBase?: string;
  /** JSON file that keeps conversations over a restart. Without it everything is in memory. */
  readonly file?: string;
  /** Time between two statuses of a text sent over the API, ms. Default 200. */
  readonly stepMs?: number;
  readonly smsc?: Partial<SmscSettings>;
}

export interface Carrier {
  readonly url: string;
  readonly port: number;
  readonly smppPort: number;
  readonly app: FastifyInstance;
  close(): Promise<void>;
}

/** Starts both carriers and the phone page on 127.0.0.1. */
export async function startCarrier(options: CarrierOptions = {}): Promise<Carrier> {
  const accounts = options.accounts ?? sampleAccounts();
  const store = createStore(options.file);
  for (const number of accounts.twilio.flatMap((account) => account.numbers)) Object.assign(number, store.state.webhooks[number.number]);
  const phones = createPhones(store);
  const behaviours = createBehaviours();
  const settings = { ...defaultSmscSettings(), ...options.smsc };
  const firstSettings = { ...settings };
  let base = options.publicBase ?? '';
  /** Filled once it listens; routes are registered before. */
  const running: { smsc?: Smsc } = {};
  const theSmsc = (): Smsc => {
    if (!running.smsc) throw new Error('the SMSC has not started yet');
    return running.smsc;
  };

  // Five files of 5 MB, as base64 in JSON.
  const app = createPeerApp({ bodyLimit: 36 * 1024 * 1024 });
  allowCommandStatuses(app);
  const control = registerControl(app, {
    userOf: twilioUser,
    errorBody: (status) =>
      errorJson(status, status === 429 ? 20429 : 20500, status === 429 ? 'Too Many Requests' : 'An internal server error has occurred'),
    // Webhook addresses stay: they are settings of the account, not traces of a test.
    reset: () => {
      messages.reset();
      store.clear();
      phones.clear();
      behaviours.clear();
      Object.assign(settings, firstSettings);
      theSmsc().reset();
    },
    seed: (order) => seedTexts(parts, order),
  });
  const messages = createTwilioMessages({ store, phones, behaviours, publicBase: () => base, stepMs: options.stepMs ?? 200 });
  const parts = { accounts, phones, behaviours, messages, smsc: theSmsc, settings };
  registerTwilioApi(app, { accounts, store, messages, behaviours, publicBase: () => base });
  registerCarrierControl(app, parts);
  registerPhonePage(app, { ...parts, store, samplePhones: options.phones ?? samplePhones() });

  running.smsc = await startSmsc(options.smppPort ?? 2775, {
    accounts,
    store,
    phones,
    behaviours,
    faults: control.faults,
    calls: control.calls,
    settings: () => settings,
  });
  const { port, url } = await listenLocal(app, options.port ?? 8082).catch(async (error: unknown) => {
    await theSmsc().close();
    throw error;
  });
  base ||= url;
  return {
    url,
    port,
    smppPort: theSmsc().port,
    app,
    close: async () => {
      messages.reset();
      await theSmsc().close();
      await app.close();
      store.flush();
    },
  };
}
