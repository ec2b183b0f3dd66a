/** How a suite or a check ended, whoever ran it. */
export interface Outcome {
  name: string;
  passed: number;
  failures: Failure[];
  skipped: Skip[];
  milliseconds: number;
}

export interface Failure {
  /** File and title. */
  title: string;
  /** Everything that is known, over as many lines as it takes. */
  text: string;
}

export interface Skip {
  title: string;
  reason: string;
}

/** What a reporter of a test runner leaves behind for us: the outcome without name and time. */
export type Tally = Pick<Outcome, 'passed' | 'failures' | 'skipped'>;

export const nothing = (): Tally => ({ passed: 0, failures: [], skipped: [] });

/** The process that ran a suite: how it ended and what it said, for when its result does not explain it. */
export interface Ending {
  code: number | null;
  output: string;
  timedOut: boolean;
}

/**
 * Puts together what the runner reported and how its process ended. A process that left no result, failed without a failed test, or ran
 * nothing at all counts as one failure with its output: no way to end badly is silent.
 */
export function settle(name: string, tally: Tally | undefined, ending: Ending, milliseconds: number): Outcome {
  const outcome: Outcome = { name, ...(tally ?? nothing()), milliseconds };
  const complaint = complaintOf(tally, ending);
  if (complaint) outcome.failures = [...outcome.failures, { title: `${name}: ${complaint}`, text: tail(ending.output) }];
  return outcome;
}

function complaintOf(tally: Tally | undefined, { code, timedOut }: Ending): string | undefined {
  if (timedOut) return 'took too long and was ended';
  if (!tally) return `ended with ${code ?? 'a signal'} and left no result`;
  if (tally.failures.length > 0) return undefined;
  if (code !== 0) return `ended with ${code ?? 'a signal'} although no test failed`;
  if (tally.passed + tally.skipped.length === 0) return 'ran no test';
  return undefined;
}

function tail(text: string, lines = 120): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** The plain last line that scripts read. */
export function totalLine(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const failed = sum(({ failures }) => failures.length);
  return `${sum(({ passed }) => passed)} passed, ${failed} failed, ${sum(({ skipped }) => skipped.length)} skipped`;
}

/** One line for a suite that has ended. */
export function progressLine({ name, passed, failures, skipped, milliseconds }: Outcome): string {
  const counts = [
    `${passed} passed`,
    failures.length > 0 && `${failures.length} failed`,
    skipped.length > 0 && `${skipped.length} skipped`,
  ];
  const mark = failures.length > 0 ? 'FAILED' : 'ok';
  return `${mark.padEnd(7)}${name.padEnd(14)}${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${counts.filter(Boolean).join(', ')}`;
}

/** All failures in full, then what was skipped and why. Empty when there is neither. */
export function detailLines(outcomes: readonly Outcome[]): string[] {
  const failures = outcomes.flatMap((outcome) =>
    outcome.failures.map((failure) => ['', `✗ ${failure.title}`, indent(failure.text)].join('\n')),
  );
  const skips = outcomes.flatMap(({ name, skipped }) => skipped.map(({ title, reason }) => `skipped ${name}: ${title} (${reason})`));
  return [...failures, ...(skips.length > 0 ? ['', ...skips] : [])];
}

const indent = (text: string) => text.replace(/^/gm, '    ');
