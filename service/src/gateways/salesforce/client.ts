import { createBulkQuery, type BulkQuery } from './bulk-query.ts';
import {
  collectionRecords,
  createSubrequestBuilder,
  MAX_HEAVY_SUBREQUESTS,
  MAX_SUBREQUESTS,
  queryPage,
  saveResults,
  subResult,
} from './composite.ts';
import type { SubrequestBuilder } from './composite.ts';
import { describeOf, notify, writeCredential } from './client-extras.ts';
import { createNameMapper } from './namespace.ts';
import { PubSubError } from './pubsub/errors.ts';
import type { ChangeSource } from './pubsub/source.ts';
import type { ChangeStream } from './pubsub/stream.ts';
import { createSend, type RestRequest } from './send.ts';
import type { Exchange } from './transport.ts';
import type {
  ApiUsage,
  CredentialRequest,
  DescribeResult,
  Limits,
  NotificationRequest,
  QueryPage,
  SaveResult,
  SObjectRecord,
  SubResult,
  Subrequest,
} from './types.ts';

export const API_VERSION = '65.0';

export interface SalesforceClientOptions {
  /** Origin of the org, already checked with `checkTokenHost`. */
  instanceUrl: string;
  accessToken: string;
  exchange: Exchange;
  /** Namespace of the installed package, or null. */
  namespace?: string | null;
  apiVersion?: string;
  /** Deadline of each request in milliseconds, body included; 30,000 unless told. */
  timeoutMs?: number;
  /** Ids of the org's notification types by name, filled as they are read; give every client of one org the same. */
  notificationTypes?: Map<string, string>;
  /** The way to change events and the org's id, which it asks for; without them there are none. */
  changes?: ChangeSource | undefined;
  orgId?: string | undefined;
  /** Called after each answer that reports the org's API usage. */
  onUsage?: (usage: ApiUsage) => void;
  /** Told of each request that is made. */
  onRequest?: () => void;
}

/**
 * One user's view of one org over REST. Every method is one HTTP request (pages excepted) and throws SalesforceError; nothing is retried or
 * refreshed here. Names are bare (`Conversation__c`).
 */
export interface SalesforceClient {
  readonly instanceUrl: string;
  readonly namespace: string | null;
  /** First page, up to 2,000 rows. */
  query<T = SObjectRecord>(soql: string, options?: { timeoutMs?: number }): Promise<QueryPage<T>>;
  /** Next page; `locator` comes from the page before and belongs to the same user. */
  queryMore<T = SObjectRecord>(locator: string): Promise<QueryPage<T>>;
  /** All pages one after the other. */
  queryPages<T = SObjectRecord>(soql: string): AsyncGenerator<T[], void>;
  /** Like queryPages, with deleted and archived rows. */
  queryAllPages<T = SObjectRecord>(soql: string): AsyncGenerator<T[], void>;
  /** SOSL that names objects and fields in `RETURNING Object(Field, … WHERE … LIMIT n), …` only. */
  search<T = SObjectRecord>(sosl: string, options?: { timeoutMs?: number }): Promise<T[]>;
  retrieve<T = SObjectRecord>(object: string, id: string, fields?: readonly string[]): Promise<T>;
  create(object: string, record: SObjectRecord): Promise<SaveResult>;
  update(object: string, id: string, record: SObjectRecord): Promise<void>;
  remove(object: string, id: string): Promise<void>;
  /** Upsert of 1 to 200 records in one call; each external id once. One result for each record, in order. */
  upsertCollection(object: string, externalIdField: string, records: readonly SObjectRecord[], allOrNone?: boolean): Promise<SaveResult[]>;
  createCollection(object: string, records: readonly SObjectRecord[], allOrNone?: boolean): Promise<SaveResult[]>;
  updateCollection(object: string, records: readonly SObjectRecord[], allOrNone?: boolean): Promise<SaveResult[]>;
  deleteCollection(ids: readonly string[], allOrNone?: boolean): Promise<SaveResult[]>;
  /** Helpers that build the steps for `composite`. */
  readonly steps: SubrequestBuilder;
  /** Up to 25 steps (of which 5 queries or collections) in one API call. A failed step is in its result, not thrown. */
  composite(steps: readonly Subrequest[], allOrNone?: boolean): Promise<SubResult[]>;
  describe(object: string): Promise<DescribeResult>;
  limits(): Promise<Limits>;
  /** About how many records the objects hold, without deleted ones, whoever may see them; an object that the org does not count is left out. */
  recordCounts(objects: readonly string[]): Promise<Map<string, number>>;
  /** Reading very many records. */
  readonly bulk: BulkQuery;
  /** Publishes 1 to 200 platform events in one call. */
  publish(event: string, payloads: readonly SObjectRecord[]): Promise<SaveResult[]>;
  /** Shows custom notifications of one type (bell and mobile) to users, groups or queues, all in one call. */
  sendNotifications(typeName: string, notifications: readonly NotificationRequest[]): Promise<void>;
  /** Writes the parameters of an external credential's named principal, creating or replacing them. Needs an administrator's rights. */
  writeCredential(credential: CredentialRequest): Promise<void>;
  /**
   * Opens the change events of one of the package's channels (`Name__chn`), behind a place or from now on. Throws PubSubError. The stream goes on
   * until it is closed, also when the token runs out.
   */
  openChanges(channel: string, replayId: string | null): Promise<ChangeStream>;
  /** Any other REST path. The answer comes as it is, with the org's names. */
  request(request: RestRequest): Promise<unknown>;
}

export function createSalesforceClient(options: SalesforceClientOptions): SalesforceClient {
  const names = createNameMapper(options.namespace ?? null);
  const apiVersion = options.apiVersion ?? API_VERSION;
  const notificationTypes = options.notificationTypes ?? new Map<string, string>();
  const { send, sendForText } = createSend({
    instanceUrl: options.instanceUrl,
    accessToken: options.accessToken,
    apiVersion,
    timeoutMs: options.timeoutMs ?? 30_000,
    exchange: options.exchange,
    names,
    onUsage: options.onUsage ?? (() => undefined),
    onRequest: options.onRequest ?? (() => undefined),
  });

  const path = (object: string, id?: string): string =>
    `/sobjects/${names.object(object)}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  const collection = (object: string, records: readonly SObjectRecord[], allOrNone: boolean): unknown => ({
    allOrNone,
    records: collectionRecords(names, object, records),
  });
  async function* pages<T>(first: string): AsyncGenerator<T[], void> {
    let page = queryPage<T>(names, await send({ method: 'GET', path: first }));
    yield page.records;
    while (page.locator) {
      page = queryPage<T>(names, await send({ method: 'GET', path: `/query/${encodeURIComponent(page.locator)}` }));
      yield page.records;
    }
  }
  const createCollection = async (object: string, records: readonly SObjectRecord[], allOrNone = false): Promise<SaveResult[]> =>
    saveResults(names, await send({ method: 'POST', path: '/composite/sobjects', body: collection(object, records, allOrNone) }));

  return {
    instanceUrl: options.instanceUrl,
    namespace: names.namespace,
    query: async <T>(soql: string, { timeoutMs }: { timeoutMs?: number } = {}) =>
      queryPage<T>(names, await send({ method: 'GET', path: `/query?q=${encodeURIComponent(names.soql(soql))}`, ...deadline(timeoutMs) })),
    queryMore: async <T>(locator: string) =>
      queryPage<T>(names, await send({ method: 'GET', path: `/query/${encodeURIComponent(locator)}` })),
    queryPages: (soql) => pages(`/query?q=${encodeURIComponent(names.soql(soql))}`),
    queryAllPages: (soql) => pages(`/queryAll?q=${encodeURIComponent(names.soql(soql))}`),
    search: async <T>(sosl: string, { timeoutMs }: { timeoutMs?: number } = {}) => {
      const body = await send({ method: 'GET', path: `/search?q=${encodeURIComponent(names.sosl(sosl))}`, ...deadline(timeoutMs) });
      return ((body as { searchRecords?: unknown[] }).searchRecords ?? []).map((item) => names.bareRecord(item) as T);
    },
    retrieve: async <T>(object: string, id: string, fields?: readonly string[]) => {
      const list = fields ? `?fields=${fields.map((field) => names.field(object, field)).join(',')}` : '';
      return names.bareRecord((await send({ method: 'GET', path: path(object, id) + list })) as T);
    },
    create: async (object, record) => {
      const body = await send({ method: 'POST', path: path(object), body: names.record(object, record) });
      return saveResults(names, [{ created: true, ...(body as object) }])[0] as SaveResult;
    },
    update: async (object, id, record) => {
      await send({ method: 'PATCH', path: path(object, id), body: names.record(object, record) });
    },
    remove: async (object, id) => {
      await send({ method: 'DELETE', path: path(object, id) });
    },
    upsertCollection: async (object, externalIdField, records, allOrNone = false) => {
      const url = `/composite/sobjects/${names.object(object)}/${names.field(object, externalIdField)}`;
      return saveResults(names, await send({ method: 'PATCH', path: url, body: collection(object, records, allOrNone) }));
    },
    createCollection,
    updateCollection: async (object, records, allOrNone = false) =>
      saveResults(names, await send({ method: 'PATCH', path: '/composite/sobjects', body: collection(object, records, allOrNone) })),
    deleteCollection: async (ids, allOrNone = false) => {
      const list = ids.map(encodeURIComponent).join(',');
      return saveResults(names, await send({ method: 'DELETE', path: `/composite/sobjects?ids=${list}&allOrNone=${String(allOrNone)}` }));
    },
    steps: createSubrequestBuilder(names),
    composite: async (steps, allOrNone = false) => {
      const heavy = steps.filter((step) => step.answer === 'saves' || step.answer === 'page').length;
      if (steps.length === 0 || steps.length > MAX_SUBREQUESTS || heavy > MAX_HEAVY_SUBREQUESTS) {
        throw new RangeError(
          `a composite call holds 1 to ${MAX_SUBREQUESTS} steps, ${MAX_HEAVY_SUBREQUESTS} of them queries or collections`,
        );
      }
      const compositeRequest = steps.map((step) => ({
        method: step.method,
        url: `/services/data/v${apiVersion}${step.path}`,
        referenceId: step.referenceId,
        ...(step.body === undefined ? {} : { body: step.body }),
      }));
      const answer = (await send({ method: 'POST', path: '/composite', body: { allOrNone, compositeRequest } })) as {
        compositeResponse?: unknown[];
      };
      const parts = answer.compositeResponse ?? [];
      return steps.map((step, index) => subResult(names, step, parts[index]));
    },
    describe: async (object) => describeOf(names, await send({ method: 'GET', path: `${path(object)}/describe` })),
    limits: async () => (await send({ method: 'GET', path: '/limits' })) as Limits,
    recordCounts: async (objects) => {
      const list = objects.map((object) => names.object(object)).join(',');
      const body = await send({ method: 'GET', path: `/limits/recordCount?sObjects=${list}` });
      const { sObjects = [] } = body as { sObjects?: { name: string; count: number }[] };
      return new Map(sObjects.map(({ name, count }) => [names.bare(name), count]));
    },
    bulk: createBulkQuery(send, sendForText, names),
    publish: (event, payloads) => createCollection(event, payloads),
    sendNotifications: (typeName, notifications) => notify(send, names, notificationTypes, typeName, notifications),
    writeCredential: (credential) => writeCredential(send, names, credential),
    openChanges: async (channel, replayId) => {
      const { changes, orgId, accessToken, instanceUrl } = options;
      if (!changes || orgId === undefined) throw new PubSubError('off', 'OFF', 'no address of the Pub/Sub API is set');
      return changes.open({ accessToken, instanceUrl, orgId }, { topic: `/data/${names.developerName(channel)}`, replayId });
    },
    request: send,
  };
}

function deadline(timeoutMs: number | undefined): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
