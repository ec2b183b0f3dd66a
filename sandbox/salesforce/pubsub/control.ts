/** The control surface of change events. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { undeleteRecord } from '../org.ts';
import type { Org } from '../org.ts';
import type { PubSub } from './server.ts';

const times = z.int().min(1).default(1);
const faultBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('drop') }),
  z.strictObject({ action: z.literal('delay'), ms: z.int().min(0).max(600_000) }),
  z.strictObject({ action: z.enum(['repeat', 'reorder', 'lose', 'gap', 'overflow']), times }),
]);
const undeleteBody = z.strictObject({ id: z.string() });

/**
 * `POST /__sandbox/changes`: `drop` cuts the open streams, `delay` holds each delivery back for `ms`, `repeat` and `reorder` disturb the next
 * deliveries, `lose` drops the next events for good, `gap` makes gap events of them, and `overflow` leaves one overflow event for each object of
 * the next transactions. `GET` tells the open streams, `DELETE` ends all disturbances. `POST /__sandbox/undelete {"id"}` brings a record back.
 */
export function registerChangesControl(app: FastifyInstance, { org, pubsub }: { org: Org; pubsub: PubSub }): void {
  const state = () => ({
    streams: pubsub.streams(),
    newest: org.changes.newest(),
    faults: { ...org.capture.faults, delayMs: pubsub.faults.delayMs, repeat: pubsub.faults.repeat, reorder: pubsub.faults.reorder },
  });
  app.get('/__sandbox/changes', async () => state());
  app.post('/__sandbox/changes', async (request) => {
    const order = faultBody.parse(request.body);
    if (order.action === 'drop') pubsub.cut();
    else if (order.action === 'delay') pubsub.faults.delayMs = order.ms;
    else if (order.action === 'repeat' || order.action === 'reorder') pubsub.faults[order.action] += order.times;
    else org.capture.faults[order.action] += order.times;
    return state();
  });
  app.delete('/__sandbox/changes', async () => {
    pubsub.faults.clear();
    Object.assign(org.capture.faults, { lose: 0, gap: 0, overflow: 0 });
    return state();
  });
  app.post('/__sandbox/undelete', async (request) => undeleteRecord(org, undeleteBody.parse(request.body).id));
}
