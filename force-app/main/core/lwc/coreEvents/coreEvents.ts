import { onError, subscribe, unsubscribe } from 'lightning/empApi';
import type { EmpMessage, Subscription } from 'lightning/empApi';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';

/** What an event holds; undefined where events may have been missed, so that anything may have changed. */
export type EventListener = (payload: Record<string, unknown> | undefined) => void;

/** Events may be lost, so a slow poll runs beside them; the quick one runs only while events are refused. */
const SAFETY_POLL_MS = 180_000;
const FALLBACK_POLL_MS = 10_000;
const RESUBSCRIBE_MS = 60_000;

const channels = new Map<string, Channel>();
let listening = false;

/** Calls `listener` for every event of a channel (`/event/Name__e`). One subscription serves all components of a page. Returns what ends it. */
export function watchEvents(name: string, listener: EventListener): () => void {
  const channel = channels.get(name) ?? createChannel(name);
  channels.set(name, channel);
  if (!listening) {
    listening = true;
    onError((error) => {
      const about = (error as { subscription?: unknown } | undefined)?.subscription;
      const one = typeof about === 'string' ? channels.get(about) : undefined;
      for (const each of one ? [one] : channels.values()) each.refused();
    });
  }
  return channel.add(listener);
}

interface Channel {
  add(listener: EventListener): () => void;
  /**
   * empApi reports errors of the whole page here, where it names no channel, and some mend themselves: poll quickly until an event shows that they
   * did.
   */
  refused(): void;
}

function createChannel(name: string): Channel {
  const listeners = new Set<EventListener>();
  let subscription: Subscription | undefined;
  let poll: Poll | undefined;
  let resubscribe: Poll | undefined;
  let pollEvery = 0;
  let epoch = 0;

  function start(): void {
    epoch += 1;
    pollAt(SAFETY_POLL_MS);
    void connect(epoch);
  }

  function stop(): void {
    epoch += 1;
    poll?.stop();
    resubscribe?.stop();
    poll = undefined;
    resubscribe = undefined;
    pollEvery = 0;
    void endSubscription();
  }

  async function endSubscription(): Promise<void> {
    const ended = subscription;
    subscription = undefined;
    if (ended) await end(ended);
  }

  async function connect(startedIn: number): Promise<void> {
    try {
      const made = await subscribe(name, -1, receive);
      if (startedIn !== epoch) {
        void end(made);
        return;
      }
      subscription = made;
      eventsFlow();
      tell(undefined); // what happened between the first read and this moment had no listener
    } catch {
      if (startedIn === epoch) refused();
    }
  }

  function receive(message: EmpMessage): void {
    eventsFlow();
    tell(message.data.payload);
  }

  function refused(): void {
    if (listeners.size === 0) return;
    pollAt(FALLBACK_POLL_MS);
    resubscribe ??= startPoll(() => reconnect(), RESUBSCRIBE_MS);
  }

  async function reconnect(): Promise<void> {
    const startedIn = epoch;
    await endSubscription();
    // Meanwhile the last listener may have left, and another one come, whose start subscribes by itself.
    if (startedIn === epoch) await connect(startedIn);
  }

  function eventsFlow(): void {
    resubscribe?.stop();
    resubscribe = undefined;
    pollAt(SAFETY_POLL_MS);
  }

  function pollAt(everyMs: number): void {
    if (pollEvery === everyMs) return;
    poll?.stop();
    pollEvery = everyMs;
    poll = startPoll(() => tell(undefined), everyMs);
  }

  function tell(payload: Record<string, unknown> | undefined): void {
    for (const listener of listeners) listener(payload);
  }

  return {
    add(listener) {
      listeners.add(listener);
      if (listeners.size === 1) start();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop();
      };
    },
    refused,
  };
}

/** One that is broken may refuse to end; nothing comes from it any more either way. */
async function end(ended: Subscription): Promise<void> {
  try {
    await unsubscribe(ended, () => undefined);
  } catch {
    // see above
  }
}
