import type { IncomingMessage } from 'node:http';

/** How many requests may be under way at once, and how many bytes their forms may have together. */
export interface Most {
  requests: number;
  bytes: number;
}

/** Gives places; `take` gives undefined when there is no room, else the function that gives the place back (once). */
export function createPlaces(most: Most) {
  const taken = { requests: 0, bytes: 0 };
  return {
    free: (): Most => ({ requests: most.requests - taken.requests, bytes: most.bytes - taken.bytes }),
    take(bytes: number): (() => void) | undefined {
      if (taken.requests >= most.requests || taken.bytes + bytes > most.bytes) return undefined;
      taken.requests += 1;
      taken.bytes += bytes;
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        taken.requests -= 1;
        taken.bytes -= bytes;
      };
    },
  };
}

export interface Entrance {
  /** The form is here: the request is no longer turned away for a newer one. */
  hasArrived(): void;
  /** The connection or the answer is over: the place is free unless the form is here, and in memory until `leave`. */
  ended(): void;
  leave(): void;
}

/**
 * Places of requests whose callers are not proved yet, from their first line on: nobody but these knows how much of them is in memory. When
 * all are taken, the request whose form has been arriving for the longest is cut off: a carrier's form comes at once, so that whoever
 * lets forms trickle in keeps nobody out. Undefined only when all of them have arrived.
 */
export function createEntrance(most: Most) {
  const places = createPlaces(most);
  const arriving = new Map<IncomingMessage, { give: () => void; bytes: number }>();

  /** Nobody is cut off where that would not make room enough. */
  function couldTake(bytes: number): boolean {
    const free = places.free();
    const arrivingBytes = [...arriving.values()].reduce((sum, one) => sum + one.bytes, 0);
    return free.requests + arriving.size > 0 && free.bytes + arrivingBytes >= bytes;
  }

  return {
    enter(request: IncomingMessage, bytes: number): Entrance | undefined {
      let leave = places.take(bytes);
      if (!leave && !couldTake(bytes)) return undefined;
      for (const [oldest, { give }] of arriving) {
        if (leave) break;
        arriving.delete(oldest);
        oldest.destroy();
        give();
        leave = places.take(bytes);
      }
      if (!leave) return undefined;
      const give = leave;
      arriving.set(request, { give, bytes });
      return {
        hasArrived: () => void arriving.delete(request),
        ended() {
          if (arriving.delete(request)) give();
        },
        leave() {
          arriving.delete(request);
          give();
        },
      };
    },
  };
}
