/**
 * `npm run verify:sf`: checks the deployable files without an org. One line for each check, `ok|failed|skipped <name> (<ms>)`, then its
 * findings as `file:line message`. Ends with 1 when a check failed. Names of checks as arguments choose some of them; `--json` writes all
 * outcomes as one line of JSON instead.
 */
import path from 'node:path';
import { CHECKS, runCheck, type Outcome } from './checks.ts';
import { openProject } from './project.ts';

const asJson = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--json');
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No check ${unknown.join(', ')}. There are: ${CHECKS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

const project = openProject(path.resolve(import.meta.dirname, '../..'));
const chosen = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const outcomes = await Promise.all(
  chosen.map(async (check) => {
    const outcome = await runCheck(check, project);
    if (!asJson) report(outcome);
    return outcome;
  }),
);
if (asJson) process.stdout.write(`${JSON.stringify(outcomes)}\n`);
if (outcomes.some(({ status }) => status === 'failed')) process.exitCode = 1;

function report({ name, status, milliseconds, findings, reason }: Outcome): void {
  const lines = [
    `${status} ${name} (${milliseconds})${reason ? ` ${reason}` : ''}`,
    ...findings.map(({ file, line, message }) => `  ${file}:${line} ${message}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
