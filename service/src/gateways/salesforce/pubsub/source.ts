import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type Client,
  type ClientDuplexStream,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { changeReader, type ReadChange } from './decode.ts';
import { PubSubError, toPubSubError } from './errors.ts';
import { followStream, type ChangeStream, type FetchRequest, type FetchResponse } from './stream.ts';

const PROTO = fileURLToPath(new URL('pubsub_api.proto', import.meta.url));
const CALL_MS = 15_000;
/** A sign of life comes within 270 seconds (pubsub_api.proto). */
const SILENT_MS = 300_000;

/** Who asks, as the Pub/Sub API wants it in the metadata of every call. */
export interface Identity {
  accessToken: string;
  instanceUrl: string;
  /** Salesforce's id of the org. */
  orgId: string;
}

/** The way to Salesforce's Pub/Sub API, one for all orgs of a process. */
export interface ChangeSource {
  /**
   * Opens a stream of change events: of those behind `replayId`, or from now on. `topic` is such as `/data/Name__chn`. Throws PubSubError.
   * Whether the place is still known turns out with the first `ready`.
   */
  open(who: Identity, from: { topic: string; replayId: string | null }): Promise<ChangeStream>;
  close(): void;
}

type Unary<Q, A> = (
  request: Q,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, answer: A) => void,
) => void;

interface PubSubClient extends Client {
  GetTopic: Unary<{ topicName: string }, { canSubscribe: boolean }>;
  GetSchema: Unary<{ schemaId: string }, { schemaJson: string }>;
  Subscribe(metadata: Metadata): ClientDuplexStream<FetchRequest, FetchResponse>;
}

/** `address`: `https://api.pubsub.salesforce.com:7443`, or `http://…` for the sandbox's without TLS. Connects when it is first used. */
export function createChangeSource(address: string, { silentMs = SILENT_MS } = {}): ChangeSource {
  const { protocol, host } = new URL(address);
  const isPlain = protocol === 'http:';
  const definition = loadPackageDefinition(loadSync(PROTO, { enums: String, defaults: true })) as unknown as {
    eventbus: { v1: { PubSub: ServiceClientConstructor } };
  };
  const client = new definition.eventbus.v1.PubSub(
    host,
    isPlain ? credentials.createInsecure() : credentials.createSsl(),
    isPlain ? { 'grpc.enable_http_proxy': 0 } : {},
  ) as unknown as PubSubClient;
  /** A schema never changes under its id. */
  const readers = new Map<string, ReadChange>();

  const ask = <Q, A>(method: Unary<Q, A>, request: Q, metadata: Metadata): Promise<A> =>
    new Promise((resolve, reject) =>
      method.call(client, request, metadata, { deadline: Date.now() + CALL_MS }, (error, answer) =>
        error ? reject(toPubSubError(error)) : resolve(answer),
      ),
    );

  async function readerOf(schemaId: string, metadata: Metadata): Promise<ReadChange> {
    const known = readers.get(schemaId);
    if (known) return known;
    const { schemaJson } = await ask(client.GetSchema, { schemaId }, metadata);
    const reader = changeReader(schemaJson);
    readers.set(schemaId, reader);
    return reader;
  }

  return {
    async open({ accessToken, instanceUrl, orgId }, from) {
      const metadata = new Metadata();
      metadata.set('accesstoken', accessToken);
      metadata.set('instanceurl', instanceUrl);
      metadata.set('tenantid', orgId);
      // A stream says nothing until something happens; this says at once who is let in and what there is.
      const { canSubscribe } = await ask(client.GetTopic, { topicName: from.topic }, metadata);
      if (!canSubscribe) throw new PubSubError('topic-missing', 'NO_SUBSCRIBE', 'the channel cannot be subscribed to');
      return followStream(client.Subscribe(metadata), from, (schemaId) => readerOf(schemaId, metadata), silentMs);
    },
    close: () => client.close(),
  };
}
