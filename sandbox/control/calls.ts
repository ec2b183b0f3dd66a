import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf } from './faults.ts';

/** One row of the count: how often this user called this route. `user` is null where nobody is known. */
export interface CallCount {
  readonly method: string;
  readonly route: string;
  readonly user: string | null;
  count: number;
}

/** The answer of `GET /__sandbox/calls`. */
export interface CallReport {
  readonly since: string;
  readonly total: number;
  readonly byMethod: Record<string, number>;
  readonly byRoute: Record<string, number>;
  readonly byUser: Record<string, number>;
  readonly items: readonly CallCount[];
}

/** Counts calls by method, route and user since the last reset. Protocols other than HTTP call {@link CallCounter.count} themselves. */
export class CallCounter {
  #rows = new Map<string, CallCount>();
  #since = new Date();

  /** Adds calls to a row; `calls` is negative when a call turns out to belong to another row. */
  count(method: string, route: string, user: string | null = null, calls = 1): void {
    const key = `${method} ${route} ${user ?? ''}`;
    const row = this.#rows.get(key) ?? { method, route, user, count: 0 };
    row.count += calls;
    if (row.count > 0) this.#rows.set(key, row);
    else this.#rows.delete(key);
  }

  reset(): void {
    this.#rows.clear();
    this.#since = new Date();
  }

  report(): CallReport {
    const items = [...this.#rows.values()].map((row) => ({ ...row }));
    const sum = (name: (row: CallCount) => string): Record<string, number> => {
      const totals: Record<string, number> = {};
      for (const row of items) totals[name(row)] = (totals[name(row)] ?? 0) + row.count;
      return totals;
    };
    return {
      since: this.#since.toISOString(),
      total: items.reduce((total, row) => total + row.count, 0),
      byMethod: sum((row) => row.method),
      byRoute: sum((row) => `${row.method} ${row.route}`),
      byUser: sum((row) => row.user ?? ''),
      items,
    };
  }
}

export interface CountOptions {
  /** Who calls; asked again once the body is read, because some calls name their user only there. */
  readonly userOf?: ((request: FastifyRequest) => string | undefined) | undefined;
  /** The name under which a call is counted; default the pattern of its route, so that ids do not spread the count. */
  readonly routeOf?: ((request: FastifyRequest) => string) | undefined;
}

/** Hook that counts every HTTP call except those to the control surface and to page assets. Refused, unknown and dropped calls count too. */
export function countCalls(app: FastifyInstance, calls: CallCounter, options: CountOptions = {}): void {
  const anonymous = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', async (request) => {
    const path = pathOf(request);
    if (path.startsWith('/__sandbox') || path.startsWith('/assets/')) return;
    const route = options.routeOf?.(request) ?? request.routeOptions.url ?? path;
    const user = options.userOf?.(request) ?? null;
    calls.count(request.method, route, user);
    if (user === null) anonymous.set(request, route);
  });
  app.addHook('preValidation', async (request) => {
    const route = anonymous.get(request);
    const user = route === undefined ? undefined : options.userOf?.(request);
    if (route === undefined || user === undefined) return;
    calls.count(request.method, route, null, -1);
    calls.count(request.method, route, user);
  });
}
