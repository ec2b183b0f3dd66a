import { onError, subscribe, unsubscribe } from 'lightning/empApi';
import type { EmpMessage, Subscription } from 'lightning/empApi';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { namespacePrefix } from './conversations';

/** Told the external ids of changed conversations; undefined means that anything may have changed. */
export type ChangeListener = (ids: ReadonlySet<string> | undefined) => void;

/** Wake-ups may be lost, so a slow poll runs beside them; the quick one runs only while events are refused. */
const SAFETY_POLL_MS = 180_000;
const FALLBACK_POLL_MS = 10_000;
const RESUBSCRIBE_MS = 60_000;

const listeners = new Set<ChangeListener>();
let subscription: Subscription | undefined;
let poll: Poll | undefined;
let resubscribe: Poll | undefined;
let pollEvery = 0;
let listening = false;
let epoch = 0;

export const changeChannel = `/event/${namespacePrefix}ConversationChanged__e`;
const idsField = `${namespacePrefix}ConversationIds__c`;

/** Calls `listener` after every change the org announces. One subscription serves all components of a page. Returns what ends it. */
export function watchConversations(listener: ChangeListener): () => void {
  listeners.add(listener);
  if (listeners.size === 1) start();
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) stop();
  };
}

function start(): void {
  epoch += 1;
  if (!listening) {
    listening = true;
    onError(refused);
  }
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

/** One that is broken may refuse to end; nothing comes from it any more either way. */
async function end(ended: Subscription): Promise<void> {
  try {
    await unsubscribe(ended, () => undefined);
  } catch {
    // see above
  }
}

async function connect(startedIn: number): Promise<void> {
  try {
    const made = await subscribe(changeChannel, -1, receive);
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
  const ids = message.data.payload[idsField];
  tell(typeof ids === 'string' && ids !== '' ? new Set(ids.split(',').map((id) => id.trim())) : undefined);
}

/** empApi reports errors of the whole page here, and some mend themselves: poll quickly until an event shows that they did. */
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

function tell(ids: ReadonlySet<string> | undefined): void {
  for (const listener of listeners) listener(ids);
}
