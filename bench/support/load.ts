import { Pool } from 'undici';
import { bytesOf, createCaller, type Caller } from './caller.ts';

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
export async function asFastAsPossible(url: string, shots: Iterable<Shot>, connections: number, seconds: number): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const requests = Array.from(shots, (shot) => bytesOf(host, shot)).values();
  const callers = Array.from({ length: connections }, () => createCaller(Number(port), hostname));
  const result: LoadResult = { ok: 0, wrong: {}, latenciesMs: [], seconds: 0 };
  const began = performance.now();
  const work = async (caller: Caller): Promise<void> => {
    for (let now = began; now - began < seconds * 1_000;) {
      const next = requests.next();
      if (next.done) return;
      try {
        const status = await caller.call(next.value);
        const answered = performance.now();
        result.latenciesMs.push(answered - now);
        now = answered;
        judge(result, status);
      } catch (error) {
        now = performance.now();
        count(result, (error as { code?: string }).code ?? (error as Error).name);
      }
    }
  };
  try {
    await Promise.all(callers.map(work));
    result.seconds = (performance.now() - began) / 1_000;
    return result;
  } finally {
    for (const caller of callers) caller.close();
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
    if (judge(result, statusCode)) onOk?.();
  } catch (error) {
    count(result, (error as { code?: string }).code ?? (error as Error).name);
  }
}

function judge(result: LoadResult, status: number): boolean {
  const isOk = status >= 200 && status < 300;
  if (isOk) result.ok += 1;
  else count(result, String(status));
  return isOk;
}

function count({ wrong }: LoadResult, what: string): void {
  wrong[what] = (wrong[what] ?? 0) + 1;
}

/** Why figures of this load do not count: a request that was refused is a cheap one. */
export function judgeLoad({ wrong }: LoadResult): string[] {
  return Object.entries(wrong).map(([what, times]) => `${times} requests were not accepted (${what})`);
}
