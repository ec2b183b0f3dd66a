/** One number of a bench, made from measurements only. */
export interface Figure {
  name: string;
  value: number;
  unit: 'ms' | 's' | 'MB' | '%' | '/s' | '×' | 'texts' | 'rows' | 'calls';
  /** Lowest and highest of the rounds or samples that the value was made from. */
  spread?: [number, number];
  /** The limit; a figure without one is for information. */
  must?: { atMost: number } | { atLeast: number } | { exactly: number };
}

/** What a bench hands back. */
export interface Measured {
  figures: Figure[];
  /** Reasons why these figures must not be quoted. */
  invalid: string[];
  /** What a reader must know: which database, what is left out. */
  notes: string[];
  /** Every single measurement, for whoever doubts a figure. */
  samples: Record<string, unknown>;
}

export interface Skipped {
  skipped: string;
}

/** What `build/bench/<name>.json` holds. */
export type Report = { name: string; at: string; commit: string; machine: Machine; tiny: boolean } & (
  Measured | Skipped | { failed: string }
);

export interface Machine {
  cpu: string;
  cores: number;
  memoryMb: number;
  node: string;
}

/** True, false, or undefined for a figure without a limit. A value that is not a number meets none. */
export function isMet({ value, must }: Figure): boolean | undefined {
  if (!must) return undefined;
  if ('atMost' in must) return value <= must.atMost;
  return 'atLeast' in must ? value >= must.atLeast : value === must.exactly;
}

/** The limit in words. */
export function limitOf({ must, unit }: Figure): string {
  if (!must) return '';
  if ('atMost' in must) return `≤ ${must.atMost} ${unit}`;
  return 'atLeast' in must ? `≥ ${must.atLeast} ${unit}` : `${must.exactly} ${unit}`;
}
