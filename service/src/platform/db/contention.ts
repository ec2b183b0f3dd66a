/** SQLSTATEs with which the database gives one of two contenders up: deadlock_detected and serialization_failure. Nothing was written. */
const CONTENDED = new Set(['40P01', '40001']);

export function isContended(error: unknown): boolean {
  return CONTENDED.has(String((error as { code?: unknown } | null)?.code));
}

/** Runs a statement or a whole transaction once more when the database gave it up for another one; the other one is through by then. */
export async function onceMoreWhenContended<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isContended(error)) throw error;
    return work();
  }
}
