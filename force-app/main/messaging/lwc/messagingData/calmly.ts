export interface Calm {
  (): void;
  /** Forgets the run that waits. A later call runs as ever: components may be taken out of the page and put back. */
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

  const run = async (): Promise<void> => {
    running = true;
    again = false;
    try {
      await work();
    } catch {
      // the work shows its own errors
    }
    running = false;
    timer = setTimeout(rested, gapMs);
  };

  const rested = (): void => {
    timer = undefined;
    if (again) void run();
  };

  const calm = (): void => {
    if (running || timer !== undefined) again = true;
    else void run();
  };
  calm.cancel = (): void => {
    again = false;
    clearTimeout(timer);
    timer = undefined;
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
