/** Lightning message service as a bus inside the page. */

interface Subscriber {
  channel: unknown;
  listener: (message: unknown) => void;
}

export const APPLICATION_SCOPE = Symbol('APPLICATION_SCOPE');
const subscribers = new Set<Subscriber>();

export class MessageContext {
  private readonly emit: (context: object) => void;

  constructor(emit: (context: object) => void) {
    this.emit = emit;
  }

  connect(): void {
    this.emit(createMessageContext());
  }

  update(): void {}

  disconnect(): void {}
}

export function createMessageContext(): object {
  return {};
}

export function releaseMessageContext(): void {}

/** Subscribers hear it after the publisher's own code has run, as on the platform. */
export function publish(_context: object, channel: unknown, message?: unknown): void {
  queueMicrotask(() => {
    for (const subscriber of [...subscribers]) if (subscriber.channel === channel) subscriber.listener(message);
  });
}

export function subscribe(_context: object, channel: unknown, listener: (message: unknown) => void): Subscriber {
  const subscriber = { channel, listener };
  subscribers.add(subscriber);
  return subscriber;
}

export function unsubscribe(subscription: Subscriber): void {
  subscribers.delete(subscription);
}
