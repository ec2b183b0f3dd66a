/**
 * Check: the type check of apex-ls, which comes inside @salesforce/code-analyzer-pmd-engine with the types of API 65.
 * It needs Java 17 and knows nothing of names inside SOQL; see query-names.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { withoutExpected } from './apex-tree.ts';
import type { Check, Finding, Skipped } from './check.ts';

const JARS = path.resolve(import.meta.dirname, '../../node_modules/@salesforce/code-analyzer-pmd-engine/dist/java-lib/*');
const FINDINGS = 4;

export const apexTypesCheck: Check = { name: 'apex-types', run: ({ root }) => typeCheck(root) };

interface Report {
  files?: { path: string; messages: { start: { line: number }; category: string; message: string }[] }[];
}

async function typeCheck(root: string): Promise<Finding[] | Skipped> {
  const java = await run('java', ['-version']).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (java instanceof Error) return { skipped: 'needs Java 17 or later (Debian: openjdk-17-jre-headless)' };
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (version < 17) return { skipped: `needs Java 17 or later, found ${version}` };

  const { code, stdout, stderr } = await run('java', [
    '-cp',
    JARS,
    'io.github.apexdevtools.apexls.CheckForIssues',
    '-w',
    root,
    '-n',
    '-d',
    'errors',
    '-f',
    'json',
  ]);
  if (code !== 0 && code !== FINDINGS) throw new Error(`apex-ls ended with ${code}: ${stderr.slice(-500)}`);
  const report = JSON.parse(stdout) as Report;
  const findings = (report.files ?? []).flatMap((file) =>
    file.messages.map(({ start, category, message }) => ({
      file: path.relative(root, file.path).replaceAll(path.sep, '/'),
      line: start.line,
      message: `${category}: ${withoutExpected(message)}`,
    })),
  );
  // Exit 4 without a finding would mean that its output has changed and this check has gone blind.
  if (code === FINDINGS && findings.length === 0)
    throw new Error(`apex-ls reported findings that could not be read: ${stdout.slice(0, 500)}`);
  return findings;
}

function run(command: string, args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
