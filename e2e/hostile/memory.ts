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

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
