import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { sql } from 'kysely';
import type { Db } from './db/database.ts';
import type { HttpServer } from './http/server.ts';

/** What the operator's `/metrics` shows. Labels hold route patterns and codes, never numbers, ids or texts. */
export function createMetrics(db: Db): { registry: Registry; observe(app: HttpServer): void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'switchboard_http_request_seconds',
    help: 'Time to answer, by route and status class',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const problems = new Counter({
    name: 'switchboard_http_errors_total',
    help: 'Answers of status 500 and above',
    labelNames: ['route'],
    registers: [registry],
  });
  new Gauge({
    name: 'switchboard_outbox_rows',
    help: 'Outbox rows by purpose and state',
    labelNames: ['purpose', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      const { rows } = await sql<{
        purpose: string;
        state: string;
        count: number;
      }>`select purpose, state, count(*) as count from outbox group by purpose, state`.execute(db);
      for (const row of rows) this.set({ purpose: row.purpose, state: row.state }, row.count);
    },
  });
  new Gauge({
    name: 'switchboard_outbox_oldest_seconds',
    help: 'Age of the oldest waiting outbox row by purpose',
    labelNames: ['purpose'],
    registers: [registry],
    async collect() {
      this.reset();
      const { rows } = await sql<{ purpose: string; age: number }>`
        select purpose, extract(epoch from now() - min(created_at))::float8 as age from outbox where state = 'waiting' group by purpose`.execute(
        db,
      );
      for (const row of rows) this.set({ purpose: row.purpose }, row.age);
    },
  });

  return {
    registry,
    observe(app) {
      app.addHook('onResponse', (request, reply, done) => {
        const route = request.routeOptions.url ?? 'none';
        requests.observe({ method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` }, reply.elapsedTime / 1000);
        if (reply.statusCode >= 500) problems.inc({ route });
        done();
      });
    },
  };
}
