import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type pg from 'pg';

const unlimited = new AsyncLocalStorage<true>();

/** What `work` asks of a connection may take as long as it takes: only for statements that the server does not limit either. */
export function withoutLimit<T>(work: () => Promise<T>): Promise<T> {
  return unlimited.run(true, work);
}

/**
 * Gives a connection up when it was silent for `ms` milliseconds while a statement waits for its answer: the server's own limits do not
 * come through when its machine is gone or a firewall forgot the connection. The statement is rejected ("Connection terminated …"), the
 * socket destroyed and the pool keeps no such connection, also within a transaction. (The driver's `query_timeout` rejects the statement
 * only: its connection waits on, and what follows in the transaction waits behind it.) To be called before the first statement.
 */
export function limitSilence(client: pg.ClientBase, ms: number): void {
  const socket = (client as unknown as { connection: { stream: Socket } }).connection.stream;
  let waits = false;
  let isLimited = true;
  let lost: Error | undefined;
  socket.setTimeout(ms);
  socket.on('timeout', () => {
    // A process that stood still comes to its timers before it reads what has arrived meanwhile: one turn of its loop may bring the answer.
    const readBefore = socket.bytesRead;
    setImmediate(() =>
      setImmediate(() => {
        if (waits && isLimited && socket.bytesRead === readBefore)
          socket.destroy(new Error(`Connection terminated: the database was silent for ${ms / 1000} s`));
      }),
    );
  });
  client.on('drain', () => void (waits = false));
  client.on('error', (error) => void (lost ??= error));

  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    // What follows on a lost connection, such as the end of its transaction, fails for the same reason: the driver would hide it.
    if (lost && typeof args.at(-1) !== 'function') return Promise.reject(lost);
    waits = true;
    isLimited = unlimited.getStore() !== true;
    return query(...args);
  }) as typeof client.query;
}
