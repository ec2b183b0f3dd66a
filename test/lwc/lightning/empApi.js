const listeners = new Map();
let lastId = 0;
let handlers = [];

export const subscribe = jest.fn(async (channel, replayId, onMessage) => {
  const id = ++lastId;
  listeners.set(id, { channel, onMessage });
  return { id, channel, replayId };
});

export const unsubscribe = jest.fn(async (subscription, onDone) => {
  listeners.delete(subscription.id);
  onDone?.({ successful: true });
  return { successful: true };
});

export const onError = jest.fn((handler) => handlers.push(handler));
export const setDebugFlag = jest.fn();
export const isEmpEnabled = jest.fn(async () => true);

/** For tests: an event arrives on `channel`. */
export function deliver(channel, payload, replayId = 1) {
  for (const listener of listeners.values()) {
    if (listener.channel === channel) listener.onMessage({ channel, data: { payload, event: { replayId } } });
  }
}

/** For tests: the stream breaks. */
export function fail(error) {
  for (const handler of handlers) handler(error);
}

/** For tests: how many subscriptions are open. */
export function openSubscriptions() {
  return listeners.size;
}

/** For tests: forget everything. */
export function reset() {
  listeners.clear();
  handlers = [];
}
