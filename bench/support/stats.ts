/** Of an empty list NaN: a figure that was not measured must not look like one. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Lowest and highest. */
export function spread(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** One round of A-B-A-B: what the product and the baseline gave right after each other. */
export interface Round {
  product: number;
  baseline: number;
}

/** Product divided by baseline, round by round, so that what slows the machine down for a while slows both. */
export function ratios(rounds: readonly Round[]): { median: number; spread: [number, number] } {
  const each = rounds.map(({ product, baseline }) => product / baseline);
  return { median: median(each), spread: spread(each) };
}
