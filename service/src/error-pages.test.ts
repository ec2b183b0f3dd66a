import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs/errors');

/** Every `defineProblem` of the sources: they are written with literals for this. */
const problems = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    return [...text.matchAll(/defineProblem\(\s*'(\w+)',\s*(\d+),\s*'((?:[^'\\]|\\.)*)'/g)].map(([, code, status, title]) => ({
      file,
      code: code ?? '',
      status: Number(status),
      title: title ?? '',
    }));
  });

describe('error codes', () => {
  it('are found, and each is defined once', () => {
    expect(problems.length).toBeGreaterThan(40);
    expect(new Set(problems.map(({ code }) => code)).size).toBe(problems.length);
  });

  it.each(problems)('$code has a page that says what happened, what was kept and what to do', ({ code, status, title }) => {
    const page = readFileSync(join(DOCS, `${code}.md`), 'utf8');
    expect(page).toContain(`# ${title}`);
    expect(page).toContain(`Code: \`${code}\``);
    for (const heading of ['## What happened', '## What was kept', '## What to do']) expect(page).toContain(heading);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(code).toMatch(/^[a-z_]{1,60}$/);
  });

  it('have no page without a code', () => {
    const codes = new Set(problems.map(({ code }) => code));
    const orphans = globSync('*.md', { cwd: DOCS }).filter((file) => !codes.has(file.replace(/\.md$/, '')) && file !== 'README.md');
    expect(orphans).toEqual([]);
    expect(existsSync(DOCS)).toBe(true);
  });
});
