import { Pool } from 'undici';

/** A request that is ready to go, so that making it costs nothing while the clock runs. */
export interface Shot {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface LoadResult {
  /** Answers with a 2xx status. */
  ok: number;
  /** Other answers and broken connections, counted by status or error code. */
  wrong: Record<string, number>;
  /** Time to the whole answer of each request, in ms; of an open-loop run counted from when it was due. */
  latenciesMs: number[];
  seconds: number;
}

/** Closed loop: `connections` callers, each sends its next request when it has its answer, until the time is over or no shot is left. */
export async function asFastAsPossible(url: string, shots: Iterator<Shot>, connections: number, seconds: number): Promise<LoadResult> {
  const pool = new Pool(new URL(url).origin, { connections, pipelining: 1 });
  const result: LoadResult = { ok: 0, wrong: {}, latenciesMs: [], seconds: 0 };
  const began = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1_000) {
      const next = shots.next();
      if (next.done) return;
      await fire(pool, next.value, performance.now(), result);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, caller));
    result.seconds = (performance.now() - began) / 1_000;
    return result;
  } finally {
    await pool.destroy();
  }
}

/**
 * Open loop: a request every `1 / perSecond` seconds, whether or not earlier ones are answered, as customers do. `onOk` is told which ones
 * were accepted, at the moment of the answer.
 */
export async function atRate(
  url: string,
  shot: (index: number) => Shot,
  perSecond: number,
  seconds: number,
  onOk?: (index: number) => void,
): Promise<LoadResult> {
  const pool = new Pool(new URL(url).origin, { connections: 64, pipelining: 1 });
  const result: LoadResult = { ok: 0, wrong: {}, latenciesMs: [], seconds: 0 };
  const began = performance.now();
  const running: Promise<void>[] = [];
  try {
    for (let index = 0; index < perSecond * seconds; index += 1) {
      const due = began + (index * 1_000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      running.push(fire(pool, shot(index), due, result, () => onOk?.(index)));
    }
    await Promise.all(running);
    result.seconds = (performance.now() - began) / 1_000;
    return result;
  } finally {
    await pool.destroy();
  }
}

async function fire(pool: Pool, shot: Shot, since: number, result: LoadResult, onOk?: () => void): Promise<void> {
  try {
    const { statusCode, body } = await pool.request(shot);
    await body.dump();
    result.latenciesMs.push(performance.now() - since);
    if (statusCode >= 200 && statusCode < 300) {
      result.ok += 1;
      onOk?.();
    } else count(result, String(statusCode));
  } catch (error) {
    count(result, (error as { code?: string }).code ?? (error as Error).name);
  }
}

function count({ wrong }: LoadResult, what: string): void {
  wrong[what] = (wrong[what] ?? 0) + 1;
}

/** Why figures of this load do not count: a request that was refused is a cheap one. */
export function judgeLoad({ wrong }: LoadResult): string[] {
  return Object.entries(wrong).map(([what, times]) => `${times} requests were not accepted (${what})`);
}
