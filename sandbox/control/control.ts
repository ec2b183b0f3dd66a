import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CallCounter, countCalls } from './calls.ts';
import { FaultRules, applyFaults, faultRuleSchema } from './faults.ts';
import type { CountOptions } from './calls.ts';
import type { FaultHookOptions } from './faults.ts';

/** The order of `POST /__sandbox/seed`: rows `from` … `from+count-1` of the generated population; same seed and index, same person on every peer. */
export const seedSchema = z
  .strictObject({
    object: z.string().min(1).optional(),
    kind: z.string().min(1).optional(),
    count: z.int().min(1).max(1_000_000),
    from: z.int().min(0).default(0),
    seed: z.union([z.string(), z.number()]).default(1),
  })
  .refine((order) => order.object !== undefined || order.kind !== undefined, 'object or kind is required');

export type SeedOrder = z.infer<typeof seedSchema>;

export interface ControlOptions extends FaultHookOptions, CountOptions {
  /** Puts the peer back to its first state. Faults and counts are cleared by the control surface itself. */
  readonly reset: (body: unknown) => unknown;
  /** Generates data; the answer is passed on. Without it the route answers 404. */
  readonly seed?: ((order: SeedOrder) => unknown) | undefined;
  readonly userOf?: ((request: FastifyRequest) => string | undefined) | undefined;
}

export interface Control {
  readonly faults: FaultRules;
  readonly calls: CallCounter;
}

/**
 * Gives a peer its control surface: `/__sandbox/reset|calls|faults|seed`, counting and faults on every other route.
 * Call it on the root instance before any other route is registered, because Fastify hooks cover later routes only.
 */
export function registerControl(app: FastifyInstance, options: ControlOptions): Control {
  const faults = new FaultRules();
  const calls = new CallCounter();
  countCalls(app, calls, options);
  applyFaults(app, faults, options);

  app.post('/__sandbox/reset', async (request) => {
    faults.clear();
    const answer = await options.reset(request.body);
    calls.reset();
    return answer ?? { reset: true };
  });
  app.get('/__sandbox/calls', async () => calls.report());
  app.get('/__sandbox/faults', async () => ({ items: faults.list() }));
  app.post('/__sandbox/faults', async (request, reply) => {
    const rules = z.union([faultRuleSchema, z.array(faultRuleSchema).min(1)]).parse(request.body);
    const ids = (Array.isArray(rules) ? rules : [rules]).map((rule) => faults.add(rule as never));
    return reply.code(201).send(Array.isArray(rules) ? { ids } : { id: ids[0] });
  });
  app.delete('/__sandbox/faults', async () => {
    // How often each had been applied up to its last moment.
    const items = faults.list();
    faults.clear();
    return { removed: items.length, items };
  });
  app.delete<{ Params: { id: string } }>('/__sandbox/faults/:id', async (request, reply) => {
    if (!faults.remove(request.params.id)) return reply.code(404).send({ error: 'no such fault' });
    return { removed: 1 };
  });
  if (options.seed) {
    const { seed } = options;
    app.post('/__sandbox/seed', async (request) => (await seed(seedSchema.parse(request.body))) ?? {});
  }
  return { faults, calls };
}
