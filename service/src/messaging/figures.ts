import { Counter, Histogram, type Registry } from 'prom-client';

export type Figures = ReturnType<typeof createFigures>;

/** What `/metrics` shows of inbound texts. */
export function createFigures(registry: Registry) {
  const batches = new Histogram({
    name: 'switchboard_inbound_batch_texts',
    help: 'Inbound texts stored with one commit',
    buckets: [1, 2, 5, 10, 20, 50, 100],
    registers: [registry],
  });
  const refused = new Counter({
    name: 'switchboard_inbound_refused_total',
    help: 'Inbound texts and receipts that the carrier was told to hand over again: full (too many wait), slow (waited too long)',
    labelNames: ['why'],
    registers: [registry],
  });
  return {
    stored: (texts: number) => batches.observe(texts),
    refused: (why: 'full' | 'slow') => refused.inc({ why }),
  };
}
