import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';
import { nothing, type Tally } from './outcome.ts';

/**
 * Writes the tally of a vitest run to the file named by SUITE_RESULT. vitest's own JSON leaves out why a test was skipped, errors outside
 * of tests, and the tests that a failing hook kept from running.
 */
export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tally = nothing();
    for (const module of modules) countModule(tally, module);
    for (const error of unhandled) tally.failures.push({ title: 'an error outside of every test', text: describe([error]) });
    const file = process.env['SUITE_RESULT'];
    if (!file) throw new Error('SUITE_RESULT names no file');
    writeFileSync(file, JSON.stringify(tally));
  }
}

// vitest loads reporters by their default export.
// eslint-disable-next-line no-restricted-syntax
export default TallyReporter;

function countModule(tally: Tally, module: TestModule): void {
  const file = path.relative(process.cwd(), module.moduleId);
  if (module.errors().length > 0) tally.failures.push({ title: file, text: describe(module.errors()) });
  for (const suite of module.children.allSuites()) {
    if (suite.errors().length > 0) tally.failures.push({ title: `${file} > ${suite.fullName}`, text: describe(suite.errors()) });
  }
  for (const test of module.children.allTests()) {
    const title = `${file} > ${test.fullName}`;
    const result = test.result();
    if (result.state === 'passed') tally.passed += 1;
    else if (result.state === 'failed') tally.failures.push({ title, text: describe(result.errors) });
    else
      tally.skipped.push({
        title,
        reason: (result.state === 'skipped' && result.note) || (inBrackets(test.name) ?? reasonAround(test.parent)),
      });
  }
}

/** The set-up around the test failed, or a title says in brackets what is missing: `describe.skipIf(…)('… (needs libnet-smpp-perl)')`. */
function reasonAround(parent: TestSuite | TestModule): string {
  if (parent.errors().length > 0) return 'what is around it failed';
  if (parent.type === 'module') return 'skipped in the source';
  return inBrackets(parent.name) ?? reasonAround(parent.parent);
}

function inBrackets(title: string): string | undefined {
  return /\(([^()]+)\)$/.exec(title)?.[1];
}

function describe(
  errors: readonly { message?: string; stack?: string; stacks?: readonly { file: string; line: number }[]; diff?: string }[],
): string {
  return errors
    .map(({ message, stack, stacks, diff }) => {
      const places = (stacks ?? []).map(({ file, line }) => `at ${path.relative(process.cwd(), file)}:${line}`);
      return [message ?? '', diff, places.length > 0 ? places.join('\n') : stack].filter(Boolean).join('\n');
    })
    .join('\n\n');
}
