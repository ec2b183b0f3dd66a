/** One Subscribe stream: gives out as many events as were asked for, from a replay id on. */
import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ChangeEvent } from '../data/changes/log.ts';
import type { ObjectDef, Org } from '../org.ts';
import type { DeliveryFaults } from './faults.ts';
import { refusal } from './errors.ts';
import type { Refusal } from './errors.ts';

export interface FetchRequest {
  topicName: string;
  replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
  replayId: Buffer;
  numRequested: number;
}

export interface FetchResponse {
  events: { event: { id: string; schemaId: string; payload: Buffer }; replayId: Buffer }[];
  latestReplayId: Buffer;
  rpcId: string;
  pendingNumRequested: number;
}

export type SubscribeCall = ServerDuplexStream<FetchRequest, FetchResponse>;

/** Most events in one request; more are not given at once. Source: Pub/Sub API guide, "Allocations". */
const MOST_REQUESTED = 100;

export interface SubscriptionDeps {
  org: Org;
  faults: DeliveryFaults;
  /** Milliseconds until an empty answer tells that the stream lives. */
  keepaliveMs: number;
  /** What speaks against the stream now, if anything. */
  check: () => Refusal | undefined;
  /** The objects of a topic, or what speaks against it. */
  open: (topic: string) => ObjectDef[] | Refusal;
  encode: (event: ChangeEvent) => { schemaId: string; payload: Buffer };
  /** Deliveries that are left. */
  remaining: () => number;
}

/** Serves a stream until either side ends it. Answers a function that cuts it. */
export function serveSubscription(call: SubscribeCall, deps: SubscriptionDeps): () => void {
  const { org, faults } = deps;
  const rpcId = randomUUID();
  let topic: string | undefined;
  let entities: string[] = [];
  let position = 0;
  let wanted = 0;
  let isOver = false;
  let written = Promise.resolve();
  let waiting: NodeJS.Timeout | undefined;
  const keepalive = setInterval(() => {
    if (wanted > 0) send([]);
  }, deps.keepaliveMs);
  const unlisten = org.changes.listen(() => give());

  function over(): void {
    isOver = true;
    clearInterval(keepalive);
    clearTimeout(waiting);
    unlisten();
  }

  function end(code: Refusal): void {
    if (isOver) return;
    over();
    // What was given out before goes before: the status would overtake it.
    void written.then(() => call.emit('error', refusal(code)));
  }

  /** Up to where this stream missed nothing. */
  const latest = (): number => (org.changes.after(entities, position, 1).length > 0 ? position : org.changes.newest());

  function send(events: ChangeEvent[]): void {
    const answer: FetchResponse = {
      events: events.map((event) => {
        const { schemaId, payload } = deps.encode(event);
        return { event: { id: event.uuid, schemaId, payload }, replayId: replayBytes(event.replayId) };
      }),
      latestReplayId: replayBytes(events.at(-1)?.replayId ?? latest()),
      rpcId,
      pendingNumRequested: wanted,
    };
    written = new Promise((resolve) => call.write(answer, () => resolve()));
  }

  function give(): void {
    if (isOver || wanted === 0 || waiting) return;
    if (faults.delayMs > 0) {
      waiting = setTimeout(() => {
        waiting = undefined;
        giveNow();
      }, faults.delayMs);
    } else giveNow();
  }

  function giveNow(): void {
    if (isOver) return;
    const against = deps.check();
    if (against) return end(against);
    const found = org.changes.after(entities, position, wanted);
    if (found.length === 0 || faults.holdsBack(found)) return;
    const left = deps.remaining();
    if (left < 1) return end('subscription.limit.exceeded');
    const events = found.slice(0, left);
    position = events.at(-1)?.replayId ?? position;
    wanted -= events.length;
    org.events.countDelivered(events.length);
    send(faults.disturb(events));
    give();
  }

  function begin(request: FetchRequest): Refusal | undefined {
    const objects = deps.open(request.topicName);
    if (typeof objects === 'string') return objects;
    topic = request.topicName;
    entities = objects.map(({ name }) => name);
    if (request.replayPreset === 'LATEST') position = org.changes.newest();
    if (request.replayPreset !== 'CUSTOM') return undefined;
    if (request.replayId.length === 0) return 'subscription.fetch.replayid.validation.failed';
    if (request.replayId.length < 8) return 'subscription.fetch.replayid.corrupted';
    position = Number(request.replayId.readBigUInt64BE());
    return org.changes.isKept(position) || position === org.changes.newest() ? undefined : 'subscription.fetch.replayid.corrupted';
  }

  call.on('data', (request: FetchRequest) => {
    if (isOver) return;
    const against = deps.check() ?? (topic === undefined ? begin(request) : undefined);
    if (against) return end(against);
    if (request.topicName && request.topicName !== topic) return end('subscription.fetch.topic.mismatch');
    if (request.numRequested <= 0) return end('subscription.fetch.requested.events.invalid');
    if (deps.remaining() < 1) return end('subscription.limit.exceeded');
    wanted += Math.min(request.numRequested, MOST_REQUESTED);
    give();
  });
  call.on('end', () => {
    over();
    call.end();
  });
  call.on('cancelled', over);
  return () => end('service.unavailable');
}

/**
 * Replay ids on channels are ten bytes: a number, most significant byte first, and two more; clients send the first eight, too. Source: observed
 * (pozil/pub-sub-api-node-client, issue 27); the guide calls them opaque.
 */
function replayBytes(replayId: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(replayId));
  return bytes;
}
