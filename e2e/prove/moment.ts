let last = 0;

/** Milliseconds since 1970, to be compared with the database's clock, which is this machine's; each moment is later than the one before. */
export function moment(): number {
  last = Math.max(last + 0.001, Date.now());
  return last;
}
