/** A running poll; `stop` ends it for good. */
export interface Poll {
  stop(): void;
}

/**
 * Does `work` again and again, the next round starting `everyMs` (spread by ± `spread` of it, so that many open pages do not call at
 * the same moment) after the last one ended. Hidden pages do not poll; a page that becomes visible after a missed round catches up at once.
 * An error of `work` is its own matter and never ends the poll.
 */
export function startPoll(work: () => unknown, everyMs: number, spread = 0.2): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let missed = false;

  const schedule = (): void => {
    if (!stopped) timer = setTimeout(round, everyMs * (1 + spread * (2 * Math.random() - 1)));
  };

  const round = async (): Promise<void> => {
    missed = document.hidden;
    if (missed) return;
    try {
      await work();
    } catch {
      // the work reports its own errors where the user sees them
    }
    schedule();
  };

  const catchUp = (): void => {
    if (missed && !document.hidden && !stopped) void round();
  };

  document.addEventListener('visibilitychange', catchUp);
  schedule();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', catchUp);
    },
  };
}
