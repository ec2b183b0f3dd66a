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

  count(method: string, route: string, user: string | null = null): void {
    const key = `${method} ${route} ${user ?? ''}`;
    const row = this.#rows.get(key);
    if (row) row.count += 1;
    else this.#rows.set(key, { method, route, user, count: 1 });
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

/**
 * Hook that counts every HTTP call except those to the control surface and to page assets. The route is the pattern (`/sobjects/:type/:id`),
 * so that ids do not spread the count; a call without a route is counted under its path. Calls that a fault drops count too.
 */
export function countCalls(app: FastifyInstance, calls: CallCounter, userOf?: (request: FastifyRequest) => string | undefined): void {
  app.addHook('preValidation', async (request) => {
    const path = pathOf(request);
    if (path.startsWith('/__sandbox') || path.startsWith('/assets/')) return;
    calls.count(request.method, request.routeOptions.url ?? path, userOf?.(request) ?? null);
  });
}
