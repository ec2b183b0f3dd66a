export interface Calm {
  (): void;
  cancel(): void;
}

/**
 * Wraps `work` so that a burst of calls costs little: the first runs at once, the rest become one run `gapMs` after the last one ended,
 * and two runs never overlap.
 */
export function calmly(work: () => unknown, gapMs: number): Calm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;
  let cancelled = false;

  const run = async (): Promise<void> => {
    running = true;
    again = false;
    try {
      await work();
    } catch {
      // the work shows its own errors
    }
    running = false;
    if (!cancelled) timer = setTimeout(rested, gapMs);
  };

  const rested = (): void => {
    timer = undefined;
    if (again) void run();
  };

  const calm = (): void => {
    if (cancelled) return;
    if (running || timer !== undefined) again = true;
    else void run();
  };
  calm.cancel = (): void => {
    cancelled = true;
    clearTimeout(timer);
  };
  return calm;
}

const seen = new Set<string>();

/**
 * True from the second time a key is asked for. Lightning keeps answers of cacheable Apex in the browser, so what comes first on a second
 * look may be old: the caller then reads again.
 */
export function seenBefore(key: string): boolean {
  const before = seen.has(key);
  seen.add(key);
  return before;
}
