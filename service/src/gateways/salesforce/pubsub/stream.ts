import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Change, ReadChange } from './decode.ts';
import { PubSubError, toPubSubError } from './errors.ts';

export interface FetchRequest {
  topicName: string;
  replayPreset?: 'LATEST' | 'CUSTOM';
  replayId?: Buffer;
  numRequested: number;
}

export interface FetchResponse {
  events: { event: { schemaId: string; payload: Buffer }; replayId: Buffer }[];
  latestReplayId: Buffer;
}

export interface ChangeBatch {
  /** In the order in which they came; may repeat what came before. Empty when the stream only gave a sign of life. */
  changes: Change[];
  /** Opaque; a stream that is opened behind it goes on here. */
  replayId: string;
}

/** Change events of one channel, as many at a time as were asked for. */
export interface ChangeStream {
  /** Resolves when there is something to take; asks for more first, in place of what was taken. Throws PubSubError when the stream is over. */
  ready(signal: AbortSignal): Promise<void>;
  /** All that has come. */
  take(): ChangeBatch | undefined;
  close(): void;
}

/** Most events that wait here; Salesforce gives no more than 100 for one request. */
const MOST = 100;

/**
 * Follows a stream. Salesforce gives a sign of life within 270 seconds (pubsub_api.proto), so a stream that is silent for `silentMs` is dead
 * although nobody said so.
 */
export function followStream(
  call: ClientDuplexStream<FetchRequest, FetchResponse>,
  from: { topic: string; replayId: string | null },
  readerOf: (schemaId: string) => Promise<ReadChange>,
  silentMs: number,
): ChangeStream {
  let changes: Change[] = [];
  let replayId: string | undefined;
  let failure: PubSubError | undefined;
  let toAsk = MOST;
  let isFirst = true;
  let wake = (): void => undefined;
  let silence: NodeJS.Timeout | undefined;
  let reading = Promise.resolve();

  function fail(error: unknown): void {
    failure ??= toPubSubError(error);
    clearTimeout(silence);
    call.cancel();
    wake();
  }

  function listen(): void {
    clearTimeout(silence);
    silence = setTimeout(() => fail(new PubSubError('unavailable', 'SILENT', 'the stream of change events fell silent')), silentMs);
  }

  async function read({ events, latestReplayId }: FetchResponse): Promise<void> {
    for (const { event, replayId: at } of events) {
      const reader = await readerOf(event.schemaId);
      const change = readOrGap(reader, event.payload);
      if (change) changes.push(change);
      else toAsk += 1;
      replayId = at.toString('hex');
    }
    if (events.length === 0) replayId = latestReplayId.toString('hex');
    wake();
  }

  call.on('data', (response: FetchResponse) => {
    if (silence) listen();
    // One after the other: the first event of an object waits for its schema.
    reading = reading.then(() => read(response)).catch(fail);
  });
  call.on('error', (error) => void reading.then(() => fail(error)));
  call.on('end', () => void reading.then(() => fail(new PubSubError('unavailable', 'ENDED', 'the stream of change events was ended'))));

  return {
    async ready(signal) {
      const isThere = () => replayId !== undefined || failure !== undefined || signal.aborted;
      if (toAsk > 0 && !failure) {
        const place = from.replayId === null ? { replayPreset: 'LATEST' as const } : customPlace(from.replayId);
        call.write({ topicName: from.topic, ...(isFirst && place), numRequested: toAsk });
        [toAsk, isFirst] = [0, false];
      }
      const stop = () => wake();
      signal.addEventListener('abort', stop);
      listen();
      while (!isThere()) await new Promise<void>((resolve) => (wake = resolve));
      signal.removeEventListener('abort', stop);
      clearTimeout(silence);
      silence = undefined;
      if (replayId === undefined && failure) throw failure;
    },
    take() {
      if (replayId === undefined) return undefined;
      const batch = { changes, replayId };
      toAsk += changes.length;
      changes = [];
      replayId = undefined;
      return batch;
    },
    close: () => fail(new PubSubError('unavailable', 'CLOSED', 'the stream of change events was closed')),
  };
}

/** An event that cannot be read would come again and again: something changed, and the follower looks for what it was. */
function readOrGap(reader: ReadChange, payload: Buffer): Change | undefined {
  try {
    return reader(payload);
  } catch {
    return { object: '', ids: [], type: 'GAP_OVERFLOW', committedAt: new Date() };
  }
}

const customPlace = (replayId: string) => ({ replayPreset: 'CUSTOM' as const, replayId: Buffer.from(replayId, 'hex') });
