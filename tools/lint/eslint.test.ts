import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SERVICE = 'service/src/version.ts';
const TOOL = 'tools/lint/imports.ts';
const COMPONENT = 'force-app/main/core/lwc/coreText/coreText.ts';

const eslint = new ESLint({ cwd: ROOT });

/** The rules that would refuse this text as the content of that (existing) file. */
async function refusals(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: path.join(ROOT, file) });
  return (result?.messages ?? []).map(({ ruleId, message, severity }) => `${severity === 2 ? 'error' : 'warning'} ${ruleId ?? message}`);
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `export const line${index} = ${index};\n`).join('');

/** What must not pass, in the kind of file that it would stand in. */
const PLANTED: [rule: string, file: string, text: string][] = [
  ['@typescript-eslint/no-floating-promises', SERVICE, 'async function work() {}\nexport function start() {\n  work();\n}\n'],
  ['@typescript-eslint/no-misused-promises', SERVICE, 'export const late = [1].filter(async (value) => value > 0);\n'],
  ['@typescript-eslint/no-explicit-any', SERVICE, 'export const anything: any = 1;\n'],
  ['@typescript-eslint/no-unused-vars', SERVICE, "import { join } from 'node:path';\nexport const one = 1;\n"],
  ['@typescript-eslint/consistent-type-imports', SERVICE, "import { Server } from 'node:net';\nexport type Named = Server;\n"],
  ['eqeqeq', SERVICE, 'export const same = (a: number, b: number) => a == b;\n'],
  ['no-restricted-syntax', SERVICE, 'export default 1;\n'],
  ['max-lines', SERVICE, lines(401)],
  ['@typescript-eslint/no-floating-promises', TOOL, 'async function work() {}\nexport function start() {\n  work();\n}\n'],
  ['@lwc/lwc/no-document-query', COMPONENT, "export const found = () => document.querySelector('div');\n"],
  ['@lwc/lwc/no-async-operation', COMPONENT, 'export const later = () => setTimeout(() => undefined, 1);\n'],
  [
    '@lwc/lwc/no-api-reassignments',
    COMPONENT,
    "import { LightningElement, api } from 'lwc';\nexport default class CoreText extends LightningElement {\n  @api text = '';\n  change() {\n    this.text = 'x';\n  }\n}\n",
  ],
  ['@typescript-eslint/no-explicit-any', COMPONENT, 'export const anything: any = 1;\n'],
  ['max-lines', COMPONENT, lines(401)],
];

// The first text waits until the compiler has read the whole project.
describe('lint', { timeout: 120_000 }, () => {
  test.each(PLANTED)('%s refuses what is planted in %s', async (rule, file, text) => {
    expect(await refusals(file, text)).toContain(`error ${rule}`);
  });

  test('a source file of more than 250 lines is warned about, a test is not', async () => {
    expect(await refusals(SERVICE, lines(251))).toEqual(['warning house/long-file']);
    expect(await refusals('tools/lint/imports.test.ts', lines(251))).toEqual([]);
  });

  test('what is planted for verify:sf and what is built is left alone', async () => {
    expect(await eslint.isPathIgnored(path.join(ROOT, 'tools/verify-sf/bad/x.ts'))).toBe(true);
    expect(await eslint.isPathIgnored(path.join(ROOT, 'build/x.ts'))).toBe(true);
    expect(await eslint.isPathIgnored(path.join(ROOT, SERVICE))).toBe(false);
  });
});
