import type { Session } from 'smpp';

/** The end of a session, watched through a set of listeners: promises raced against one that lives for days would pile up on it. */
export interface End {
  reason(): string | undefined;
  /** Says why the session is about to end. */
  because(why: string): void;
  /** Calls back once when the session is over, at once if it is. The result takes the listener off again. */
  onOver(listener: (why: string) => void): () => void;
  destroy(why: string): void;
}

/** Every session gets an `error` listener at once: an unhandled error event would end the process (the package emits EPIPE and the like). */
export function watchEnd(session: Session): End {
  const listeners = new Set<(why: string) => void>();
  let why: string | undefined;
  let over: string | undefined;
  session.on('error', (error) => {
    why ??= reasonOf(error);
    session.destroy();
  });
  session.on('close', () => {
    over ??= why ?? 'the carrier closed the connection';
    for (const listener of [...listeners]) listener(over);
    listeners.clear();
  });
  return {
    reason: () => over,
    because: (reason) => {
      why ??= reason;
    },
    onOver: (listener) => {
      if (over !== undefined) listener(over);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy: (reason) => {
      why ??= reason;
      session.destroy();
    },
  };
}

/** Happy-eyeballs failures come as an AggregateError whose own message is empty. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const cause = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : error;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
    ENOTFOUND: 'the host name is not known (ENOTFOUND)',
    EAI_AGAIN: 'the host name could not be looked up (EAI_AGAIN)',
    ETIMEDOUT: 'no answer in time (ETIMEDOUT)',
    ECONNRESET: 'the carrier cut the connection (ECONNRESET)',
    EPIPE: 'the carrier cut the connection (EPIPE)',
  };
  return words[cause?.code ?? ''] ?? (cause?.message || error.message || 'connection error');
}
