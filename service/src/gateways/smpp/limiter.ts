/** A place in the window; give it back exactly once. */
export type Slot =
  | { readonly kind: 'go'; release(): void }
  | { readonly kind: 'paused'; readonly retryAfterMs: number }
  | { readonly kind: 'closed'; readonly why: string };

export interface LimiterOptions {
  readonly window: number;
  readonly ratePerSecond: number;
  readonly pauseMs: { readonly min: number; readonly max: number };
  readonly now: () => number;
}

export interface Limiter {
  /** Waits for a place in the window and for a token, first come first served. */
  acquire(): Promise<Slot>;
  /** The carrier said "too fast": everything that waits is sent back, so that its order stays with the caller. */
  throttled(): number;
  /** The carrier took something: the next pause starts small again. */
  succeeded(): void;
  /** Sends everything that waits back with this reason. */
  drop(why: string): void;
  load(): { inFlight: number; waiting: number };
}

/**
 * Window and token bucket of one link. The bucket holds a tenth of a second's tokens (at least one), so that a pause is not followed by a
 * burst that the carrier would count as too fast.
 */
export function createLimiter({ window, ratePerSecond, pauseMs, now }: LimiterOptions): Limiter {
  const capacity = Math.max(1, Math.floor(ratePerSecond / 10));
  const waiting: ((slot: Slot) => void)[] = [];
  let inFlight = 0;
  let tokens = capacity;
  let filledAt = now();
  let pausedUntil = 0;
  let nextPause = pauseMs.min;
  let timer: NodeJS.Timeout | undefined;

  const pauseLeft = (): number => Math.max(0, pausedUntil - now());

  const refill = (): void => {
    const at = now();
    tokens = Math.min(capacity, tokens + (Math.max(0, at - filledAt) * ratePerSecond) / 1000);
    filledAt = at;
  };

  const grant = (): Slot => {
    inFlight += 1;
    let open = true;
    return {
      kind: 'go',
      release: () => {
        if (!open) return;
        open = false;
        inFlight -= 1;
        serve();
      },
    };
  };

  const serve = (): void => {
    refill();
    while (waiting.length > 0 && inFlight < window && tokens >= 1) {
      tokens -= 1;
      waiting.shift()?.(grant());
    }
    if (waiting.length > 0 && inFlight < window && timer === undefined) {
      timer = setTimeout(
        () => {
          timer = undefined;
          serve();
        },
        Math.max(1, Math.ceil(((1 - tokens) * 1000) / ratePerSecond)),
      );
    }
  };

  const sendBack = (slot: Slot): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const resolve of waiting.splice(0)) resolve(slot);
  };

  return {
    acquire: () => {
      const left = pauseLeft();
      if (left > 0) return Promise.resolve({ kind: 'paused', retryAfterMs: left });
      return new Promise((resolve) => {
        waiting.push(resolve);
        serve();
      });
    },
    throttled: () => {
      // Several answers to one burst count as one throttle: the pause is not doubled while it runs.
      if (pauseLeft() === 0) {
        pausedUntil = now() + nextPause;
        nextPause = Math.min(pauseMs.max, nextPause * 2);
      }
      sendBack({ kind: 'paused', retryAfterMs: pauseLeft() });
      return pauseLeft();
    },
    succeeded: () => {
      if (pauseLeft() === 0) nextPause = pauseMs.min;
    },
    drop: (why) => sendBack({ kind: 'closed', why }),
    load: () => ({ inFlight, waiting: waiting.length }),
  };
}
