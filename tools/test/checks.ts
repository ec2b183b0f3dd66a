import { nothing, settle, type Ending, type Outcome, type Tally } from './outcome.ts';
import { runNode } from './process.ts';

/** A check of the whole tree. It counts as one test; `verify:sf` as one for each of its own checks. */
export interface CheckCommand {
  name: string;
  args: string[];
  /** Reads the answer of a command that says more than yes or no. */
  read?: (output: string) => Tally | undefined;
}

const TIMEOUT_MS = 8 * 60_000;
const bin = (file: string) => `node_modules/${file}`;

/** Longest first. */
export const CHECKS: readonly CheckCommand[] = [
  { name: 'eslint', args: [bin('eslint/bin/eslint.js'), '.'] },
  { name: 'prettier', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', args: [bin('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of lwc', args: [bin('typescript/bin/tsc'), '-p', 'tsconfig.lwc.json'] },
  { name: 'verify:sf', args: ['tools/verify-sf/main.ts', '--json'], read: readVerify },
  { name: 'imports', args: ['tools/lint/main.ts'] },
  { name: 'lwc paths', args: ['tools/lwc/paths.ts', '--check'] },
];

/** Runs one check in its own process. */
export async function runCheckCommand(check: CheckCommand, root: string, timeoutMs = TIMEOUT_MS): Promise<Outcome> {
  const start = performance.now();
  const ending = await runNode({ args: check.args, cwd: root, timeoutMs });
  return settle(check.name, check.read ? check.read(ending.output) : yesOrNo(check, ending), ending, performance.now() - start);
}

function yesOrNo({ name }: CheckCommand, { code, output, timedOut }: Ending): Tally {
  if (code === 0) return { ...nothing(), passed: 1 };
  return timedOut ? nothing() : { ...nothing(), failures: [{ title: name, text: output.trimEnd() }] };
}

interface VerifyOutcome {
  name: string;
  status: 'ok' | 'failed' | 'skipped';
  findings: { file: string; line: number; message: string }[];
  reason?: string;
}

/** Reads `verify:sf --json`: one line is a JSON list. */
export function readVerify(output: string): Tally | undefined {
  let outcomes: VerifyOutcome[];
  try {
    outcomes = JSON.parse(output.split('\n').find((line) => line.startsWith('[')) ?? '') as VerifyOutcome[];
  } catch {
    return undefined;
  }
  const tally = nothing();
  for (const { name, status, findings, reason } of outcomes) {
    if (status === 'ok') tally.passed += 1;
    else if (status === 'skipped') tally.skipped.push({ title: name, reason: reason ?? 'no reason given' });
    else
      tally.failures.push({
        title: name,
        text: [...(reason ? [reason] : []), ...findings.map(({ file, line, message }) => `${file}:${line} ${message}`)].join('\n'),
      });
  }
  return tally;
}
