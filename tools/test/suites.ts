import { filesReaching, findFiles } from './files.ts';

/** Test files and the runner that reads them. */
export interface Suite {
  name: string;
  kind: 'vitest' | 'jest' | 'check';
  /** Files to run; a check has none. */
  files: string[];
  /** Alone on the machine: it drives a browser and the whole product. */
  alone?: boolean;
  /** For vitest: a configuration of its own. */
  config?: string;
  timeoutMs: number;
}

const MINUTE = 60_000;

/** Where a test gets its database from, or starts a service that has one. Every file that reaches them runs on PostgreSQL too. */
const DATABASE = ['service/src/platform/db/test-database.ts', 'sandbox/stack/stack.ts'];

/** Every suite of tests, longest first, so that the short ones fill the gaps at the end. */
export function testSuites(root: string): Suite[] {
  const vitest = (name: string): Suite => ({
    name,
    kind: 'vitest',
    files: findFiles(root, `${name}/**/*.test.ts`),
    timeoutMs: 20 * MINUTE,
  });
  const optional = vitest('bench');
  return [
    vitest('service'),
    vitest('sandbox'),
    { name: 'lwc', kind: 'jest', files: findFiles(root, 'force-app/**/__tests__/**/*.test.ts'), timeoutMs: 8 * MINUTE },
    vitest('tools'),
    ...(optional.files.length > 0 ? [optional] : []),
    {
      name: 'e2e',
      kind: 'vitest',
      files: findFiles(root, 'e2e/**/*.e2e.ts'),
      config: 'e2e/vitest.config.ts',
      alone: true,
      timeoutMs: 25 * MINUTE,
    },
  ];
}

/** A suite with more files than this is worked on in two places at once. */
const MANY_FILES = 60;

/** Long suites in two parts of their own, every second file each, so that no place is idle while one suite goes on alone. */
export function inParts(suites: readonly Suite[]): Suite[] {
  return suites.flatMap((suite) =>
    suite.alone || suite.files.length <= MANY_FILES
      ? [suite]
      : [0, 1].map((part) => ({
          ...suite,
          name: `${suite.name} ${part + 1} of 2`,
          files: suite.files.filter((_, index) => index % 2 === part),
        })),
  );
}

/** Only what belongs to the words: files whose path has one of them, or a suite of that name. The slow whole-system tests only by name. */
export function suitesOf(suites: readonly Suite[], words: readonly string[]): Suite[] {
  return suites
    .map((suite) => {
      if (words.includes(suite.name)) return suite;
      const files = suite.alone ? [] : suite.files.filter((file) => words.some((word) => file.toLowerCase().includes(word.toLowerCase())));
      return { ...suite, files };
    })
    .filter(({ files }) => files.length > 0);
}

/** Only what touches the database. */
export function databaseSuites(root: string, suites: readonly Suite[]): Suite[] {
  return suites
    .filter(({ kind }) => kind === 'vitest')
    .map((suite) => ({ ...suite, files: filesReaching(root, suite.files, DATABASE) }))
    .filter(({ files }) => files.length > 0);
}
