/** The org's time: real time plus what `/__sandbox/clock` added. Everything in the org that has a date asks it. */
export interface OrgClock {
  now(): Date;
  /** Moves the org's time forward (or back, with a negative number) by seconds. */
  advance(seconds: number): void;
}

/** A clock over another one (default: the machine's). */
export function makeClock(base: { now(): Date } = { now: () => new Date() }): OrgClock {
  let offset = 0;
  return {
    now: () => new Date(base.now().getTime() + offset),
    advance(seconds) {
      offset += seconds * 1000;
    },
  };
}

/** Stored form of an instant: ISO 8601 UTC to the second, so that text order is time order. */
export function stamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}.000Z`;
}
