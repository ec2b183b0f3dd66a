/** How long a row waits before its next try, milliseconds: doubled with each try, with jitter, so that rows that failed together do not come back together. */
export function retryDelayMs(baseMs: number, attempts: number): number {
  return baseMs * 2 ** Math.min(attempts, 6) * (0.75 + Math.random() / 2);
}
