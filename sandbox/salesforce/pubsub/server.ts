/** The Pub/Sub API of the org: gRPC without TLS on 127.0.0.1, for change events. Publishing stays with REST. */
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import type { Metadata, sendUnaryData, ServerUnaryCall, ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ChangeEvent } from '../data/changes/log.ts';
import { normaliseId } from '../org.ts';
import type { Org, OrgSession } from '../org.ts';
import { eventSchema } from './avro.ts';
import type { EventSchema } from './avro.ts';
import { refusal } from './errors.ts';
import type { Refusal } from './errors.ts';
import { makeDeliveryFaults } from './faults.ts';
import type { DeliveryFaults } from './faults.ts';
import { serveSubscription } from './subscription.ts';
import type { SubscribeCall } from './subscription.ts';
import { maySubscribe, objectsOfTopic } from './topics.ts';

/** The one copy of the wire format lies with the service's gateway. */
const PROTO = fileURLToPath(new URL('../../../service/src/gateways/salesforce/pubsub/pubsub_api.proto', import.meta.url));
/** An empty answer comes within 270 seconds. Source: pubsub_api.proto. */
const KEEPALIVE_MS = 270_000;

export interface PubSubOptions {
  org: Org;
  /** Who is behind an access token; throws when nobody is. */
  sessionOf: (token: string) => OrgSession;
  /** Deliveries that are left of the day's allocation. */
  remaining: () => number;
  keepaliveMs?: number | undefined;
}

export interface PubSub {
  readonly faults: DeliveryFaults;
  /** Open streams. */
  streams(): number;
  /** Cuts every open stream. */
  cut(): void;
  /** Listens (0: any free port) and answers the port. */
  listen(port: number): Promise<number>;
  close(): void;
}

export function makePubSub({ org, sessionOf, remaining, keepaliveMs = KEEPALIVE_MS }: PubSubOptions): PubSub {
  const faults = makeDeliveryFaults();
  const open = new Set<() => void>();
  const schemas = new Map<string, EventSchema>();
  const byId = new Map<string, EventSchema>();
  const server = new Server();

  function schemaOf(entity: string): EventSchema {
    const known = schemas.get(entity);
    if (known) return known;
    const object = org.schema.object(entity);
    if (!object) throw new Error(`no such object: ${entity}`);
    const made = eventSchema(object);
    schemas.set(entity, made);
    byId.set(made.id, made);
    return made;
  }

  /** The user of a call, or what speaks against it. */
  function userOf(metadata: Metadata): { userId: string } | Refusal {
    const [token, instance, tenant] = ['accesstoken', 'instanceurl', 'tenantid'].map((name) => metadata.get(name)[0]?.toString());
    if (!token || !instance || !tenant) return 'service.auth.headers.invalid';
    if (normaliseId(tenant) !== org.orgId) return 'service.auth.error';
    try {
      return { userId: sessionOf(token).userId };
    } catch {
      return 'service.auth.error';
    }
  }

  /** The objects of a topic and whether the caller may receive them, or what speaks against the call. */
  function topicOf(metadata: Metadata, topic: string) {
    const user = userOf(metadata);
    if (typeof user === 'string') return user;
    const objects = objectsOfTopic(org, topic);
    return objects ? { objects, canSubscribe: maySubscribe(org, user.userId, objects) } : 'topic.not.found';
  }

  const methods = {
    Subscribe(call: SubscribeCall) {
      const cut = serveSubscription(call, {
        org,
        faults,
        keepaliveMs,
        remaining,
        check: () => {
          const user = userOf(call.metadata);
          return typeof user === 'string' ? user : undefined;
        },
        open: (topic) => {
          const found = topicOf(call.metadata, topic);
          if (typeof found === 'string') return found;
          return found.canSubscribe ? found.objects : 'subscription.topic.cannot.subscribe';
        },
        encode: (event: ChangeEvent) => {
          const schema = schemaOf(event.header.entityName);
          return { schemaId: schema.id, payload: schema.encode(event) };
        },
      });
      open.add(cut);
      for (const end of ['end', 'cancelled', 'error', 'close']) call.on(end, () => open.delete(cut));
    },
    GetTopic(call: ServerUnaryCall<{ topicName: string }, object>, answer: sendUnaryData<object>) {
      const found = topicOf(call.metadata, call.request.topicName);
      if (typeof found === 'string') return answer(refusal(found));
      // A channel of several objects has no schema of its own. Source: observed (forcedotcom/pub-sub-api, issue 63).
      const [only, ...more] = found.objects;
      const schemaId = only && more.length === 0 ? schemaOf(only.name).id : '';
      answer(null, {
        topicName: call.request.topicName,
        tenantGuid: org.orgId,
        canPublish: false,
        canSubscribe: found.canSubscribe,
        schemaId,
      });
    },
    GetSchema(call: ServerUnaryCall<{ schemaId: string }, object>, answer: sendUnaryData<object>) {
      const user = userOf(call.metadata);
      if (typeof user === 'string') return answer(refusal(user));
      for (const { object } of org.metadata.channelMembers) schemaOf(org.own(object));
      const schema = byId.get(call.request.schemaId);
      if (!schema) return answer(refusal('schema.validation.failed'));
      answer(null, { schemaJson: schema.json, schemaId: schema.id });
    },
  };
  const definition = loadPackageDefinition(loadSync(PROTO, { enums: String, defaults: true })) as unknown as {
    eventbus: { v1: { PubSub: ServiceClientConstructor } };
  };
  server.addService(definition.eventbus.v1.PubSub.service, methods);

  return {
    faults,
    streams: () => open.size,
    cut: () => {
      for (const each of [...open]) each();
    },
    listen: (port) =>
      new Promise((resolve, reject) =>
        server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
          error ? reject(error) : resolve(bound),
        ),
      ),
    close: () => server.forceShutdown(),
  };
}
