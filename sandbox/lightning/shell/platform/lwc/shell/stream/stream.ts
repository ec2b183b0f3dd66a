/**
 * One stream of server-sent events for everything the page is told: platform events, custom notifications, rebuilt components. One, because a
 * browser keeps no more than six HTTP/1.1 connections to a host over all its tabs.
 */

export interface EventMessage {
  channel: string;
  data: { payload: Record<string, unknown>; event: { replayId: number } };
}

interface Follower {
  channel: string;
  /** -1 new ones only, -2 all kept ones, else those after that id. */
  replayId: number;
  /** Where new events began, for as long as none has arrived. */
  cursor?: number;
  deliver: (message: EventMessage) => void;
}

const followers = new Map<number, Follower>();
const handlers = new Map<string, Set<(data: unknown) => void>>();
const troubleHandlers = new Set<(error: unknown) => void>();
let source: EventSource | undefined;
let streamId: string | undefined;
let lastFollower = 0;

/** Delivers a channel's events from `replayId` on, each once, also across a broken connection. Answers the number to stop with. */
export function follow(channel: string, replayId: number, deliver: (message: EventMessage) => void): number {
  lastFollower += 1;
  followers.set(lastFollower, { channel, replayId, deliver });
  open();
  if (streamId) void ask(lastFollower);
  return lastFollower;
}

export function unfollow(number: number): void {
  if (!followers.delete(number) || !streamId) return;
  void fetch(`/__shell/stream/${streamId}/${number}`, { method: 'DELETE' }).catch(() => undefined);
}

/** Other news: `notification`, `reload`, `build-error`. */
export function onNews(kind: string, handler: (data: unknown) => void): void {
  const known = handlers.get(kind) ?? new Set();
  handlers.set(kind, known.add(handler));
  open();
}

/** Told when the stream breaks or a channel is refused. */
export function onTrouble(handler: (error: unknown) => void): void {
  troubleHandlers.add(handler);
}

function open(): void {
  if (source) return;
  source = new EventSource('/__shell/stream');
  source.addEventListener('hello', ({ data }) => {
    streamId = (JSON.parse(data as string) as { id: string }).id;
    for (const number of followers.keys()) void ask(number); // also after a reconnect, from the last id seen
  });
  source.addEventListener('event', ({ data }) => {
    const { follower, message } = JSON.parse(data as string) as { follower: number; message: EventMessage };
    receive(follower, message);
  });
  source.addEventListener('followed', ({ data }) => {
    const { follower, cursor } = JSON.parse(data as string) as { follower: number; cursor: number };
    const known = followers.get(follower);
    if (known) known.cursor = cursor;
  });
  source.addEventListener('refused', ({ data }) => {
    const refusal = JSON.parse(data as string) as { follower: number };
    const known = followers.get(refusal.follower);
    if (known) known.replayId = -1; // the server goes on with new events only
    report(refusal);
  });
  for (const kind of ['notification', 'reload', 'build-error']) {
    source.addEventListener(kind, ({ data }) => {
      for (const handler of handlers.get(kind) ?? []) handler(JSON.parse(data as string));
    });
  }
  source.onerror = () => {
    streamId = undefined;
    report({ error: 'disconnected' });
  };
}

function receive(number: number, message: EventMessage): void {
  const follower = followers.get(number);
  const { replayId } = message.data.event;
  if (!follower || (follower.replayId >= 0 && replayId <= follower.replayId)) return;
  follower.replayId = replayId;
  follower.deliver(message);
}

async function ask(number: number): Promise<void> {
  const follower = followers.get(number);
  if (!follower) return;
  const { channel, replayId, cursor } = follower;
  try {
    const response = await fetch(`/__shell/stream/${streamId ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ follower: number, channel, replayId, cursor }),
    });
    if (!response.ok) report({ error: `${response.status}`, subscription: channel });
  } catch (error) {
    report(error);
  }
}

function report(error: unknown): void {
  for (const handler of troubleHandlers) handler(error);
}
