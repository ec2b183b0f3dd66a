import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { asFastAsPossible, type LoadResult, type Shot } from './load.ts';

interface Order {
  url: string;
  shots: Shot[];
  connections: number;
  seconds: number;
}

/** `asFastAsPossible` in a thread of its own: the sandbox's org, which works in this one, would keep it from sending. It stays on this core. */
export async function asFastAsPossibleAside(url: string, shots: Shot[], connections: number, seconds: number): Promise<LoadResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url, shots, connections, seconds } satisfies Order });
  try {
    return await new Promise<LoadResult>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

if (!isMainThread && isOrder(workerData)) {
  const { url, shots, connections, seconds } = workerData;
  parentPort?.postMessage(await asFastAsPossible(url, shots, connections, seconds));
}

/** Test runners use threads as well. */
function isOrder(data: unknown): data is Order {
  return typeof data === 'object' && data !== null && 'shots' in data;
}
