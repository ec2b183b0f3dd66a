/** What the service process itself says that it holds. */
import type { World } from './world.ts';

export interface Memory {
  /** In bytes. */
  resident: number;
  heap: number;
  text: string;
}

export async function memoryOf(world: Pick<World, 'metrics'>): Promise<Memory> {
  const metrics = await world.metrics();
  const read = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
  const [resident, heap] = [read('process_resident_memory_bytes'), read('nodejs_heap_size_used_bytes')];
  return { resident, heap, text: `${megabytes(resident)} MB resident, ${megabytes(heap)} MB heap` };
}

/** Of the samples of each third of a run; a heap that is not cleared up at the moment of a sample is at that of another one. */
const SAMPLES = 9;
const GROWTH = 1.25;

/** What a run's samples, in order, say about growth: undefined where the live heap stayed as it was, or the run was too short to tell. */
export function growthOf(samples: readonly Pick<Memory, 'heap'>[]): string | undefined {
  if (samples.length < SAMPLES) return undefined;
  const third = Math.floor(samples.length / 3);
  const lowest = (some: readonly Pick<Memory, 'heap'>[]) => Math.min(...some.map(({ heap }) => heap));
  const [first, last] = [lowest(samples.slice(0, third)), lowest(samples.slice(-third))];
  return last > first * GROWTH
    ? `the heap grew from ${megabytes(first)} MB in the first third of the run to ${megabytes(last)} MB in the last`
    : undefined;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
