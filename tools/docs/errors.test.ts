import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../test/files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = path.join(ROOT, 'docs/errors');
const CALL = /defineProblem\(\s*'([^']+)',\s*(\d+),\s*'((?:[^'\\]|\\.)*)'/g;

interface Declared {
  code: string;
  title: string;
  file: string;
}

/** Every error code that the service can answer with. */
function declared(): Declared[] {
  return findFiles(ROOT, 'service/src/**/*.ts').flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const found = [...source.matchAll(CALL)].map(([, code = '', , title = '']) => ({ code, title, file }));
    // A call in a form that the pattern does not read would go without a page.
    const calls = source.split('defineProblem(').length - 1 - (source.includes('export function defineProblem(') ? 1 : 0);
    expect(found, `calls of defineProblem in ${file}`).toHaveLength(calls);
    return found;
  });
}

const page = (code: string) => readFileSync(path.join(PAGES, `${code}.md`), 'utf8');

describe('pages of errors', () => {
  const codes = declared();

  test('every code has a page, and every page a code', () => {
    expect(codes.length).toBeGreaterThan(30);
    expect(
      readdirSync(PAGES)
        .map((file) => path.basename(file, '.md'))
        .sort(),
    ).toEqual(codes.map(({ code }) => code).sort());
  });

  test.each(codes)('$code says what happened, what was kept and what to do', ({ code, title }) => {
    const [heading, ...rest] = page(code).split('\n## ');
    expect(heading).toBe(`# ${title}\n\nCode: \`${code}\`\n`);
    expect(rest.map((part) => part.split('\n')[0])).toEqual(['What happened', 'What was kept', 'What to do']);
    for (const part of rest) expect(part.split('\n').slice(1).join('').trim().length).toBeGreaterThan(15);
  });
});
