import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BuildError, buildProject } from './build.ts';
import { inspectProject } from './inspect.ts';
import { stripTypes } from './strip.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const META =
  '<?xml version="1.0" encoding="UTF-8" ?>\n<LightningComponentBundle xmlns="http://soap.sforce.com/2006/04/metadata">\n  <apiVersion>65.0</apiVersion>\n  <isExposed>false</isExposed>\n</LightningComponentBundle>\n';
const SCRIPT = `import { LightningElement, api } from 'lwc';
import type { Row } from './rows';

/** Stays. */
export default class Sample extends LightningElement {
  @api row?: Row;
  private count = 0 as number;
}
`;

let folder: string;
let root: string;
let target: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'build-sf-'));
  root = path.join(folder, 'project');
  target = path.join(folder, 'out');
  put('sfdx-project.json', '{ "packageDirectories": [{ "path": "force-app", "default": true }], "sourceApiVersion": "65.0" }');
  put('config/project-scratch-def.json', '{ "edition": "Developer" }');
  put('.forceignore', '**/__tests__/**\n');
  put('force-app/main/core/lwc/sample/sample.ts', SCRIPT);
  put('force-app/main/core/lwc/sample/sample.html', '<template>{row}</template>\n');
  put('force-app/main/core/lwc/sample/sample.js-meta.xml', META);
  put('force-app/main/core/lwc/sample/rows.ts', 'export interface Row {\n  id: string;\n}\n');
  put('force-app/main/core/lwc/sample/__tests__/sample.test.ts', 'test');
  put('force-app/.prettierrc.mjs', 'export default {};\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text: string, base = root): void {
  const place = path.join(base, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, text);
}

describe('buildProject', () => {
  test('compiles components and leaves tests out', async () => {
    const { files, compiled } = buildProject(root, target);

    expect(files.map((file) => path.basename(file))).toEqual(['rows.js', 'sample.html', 'sample.js-meta.xml', 'sample.js']);
    expect(compiled).toBe(2);
    const script = readFileSync(path.join(target, 'force-app/main/core/lwc/sample/sample.js'), 'utf8');
    expect(script).not.toContain('Row');
    expect(script).toContain('@api');
    expect(script).toContain('/** Stays. */');
    expect(existsSync(path.join(target, 'sfdx-project.json'))).toBe(true);
    expect(existsSync(path.join(target, 'config/project-scratch-def.json'))).toBe(true);
    expect(existsSync(path.join(target, '.forceignore'))).toBe(true);
    expect(await inspectProject(target)).toEqual({ components: { LightningComponentBundle: 1 }, faults: [] });
  });

  test('removes what an earlier build left', () => {
    buildProject(root, target);
    rmSync(path.join(root, 'force-app/main/core/lwc/sample/rows.ts'));
    writeFileSync(path.join(root, 'force-app/main/core/lwc/sample/sample.ts'), 'export const sample = 1;\n');
    buildProject(root, target);

    expect(existsSync(path.join(target, 'force-app/main/core/lwc/sample/rows.js'))).toBe(false);
  });

  test('does not touch a folder that it has not written', () => {
    put('notes.txt', 'mine', target);

    expect(() => buildProject(root, target)).toThrow(/holds files that no build has written/);
    expect(readFileSync(path.join(target, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('refuses compiled files beside their sources', () => {
    put('force-app/main/core/lwc/sample/sample.js', 'export default 1;');

    expect(() => buildProject(root, target)).toThrow(/sample\.ts: there is a .*sample\.js as well/);
    expect(existsSync(target)).toBe(false);
  });

  test('refuses TypeScript that is no component, and sources that do not parse', () => {
    put('force-app/main/core/helper.ts', 'export const a = 1;');
    expect(() => buildProject(root, target)).toThrow(BuildError);
    rmSync(path.join(root, 'force-app/main/core/helper.ts'));

    put('force-app/main/core/lwc/sample/rows.ts', 'export const a = 1;\nexport const = 2;\n');
    expect(() => buildProject(root, target)).toThrow(/rows\.ts:2: /);
  });

  test('names a missing project file', () => {
    rmSync(path.join(root, '.forceignore'));

    expect(() => buildProject(root, target)).toThrow('.forceignore is missing');
  });
});

describe('inspectProject', () => {
  test('reports files without a component and components that do not compile', async () => {
    put('force-app/main/core/lwc/sample/sample.html', '<template><p lwc:iff={row}></p></template>\n');
    put('force-app/main/core/readme.txt', 'stray');
    buildProject(root, target);

    const { faults } = await inspectProject(target);

    expect(faults).toEqual(['force-app/main/core/readme.txt belongs to no component', expect.stringContaining('sample.html:1 LWC1127')]);
  });

  test('finds nothing wrong with the package', { timeout: 60_000 }, async () => {
    const { files } = buildProject(REPOSITORY, target);
    const { components, faults } = await inspectProject(target);

    expect(faults).toEqual([]);
    expect(files.filter((file) => file.endsWith('.ts') || file.includes('__'))).toEqual(files.filter((file) => /__[ce]/.test(file)));
    expect(components).toMatchObject({
      CustomApplication: 1,
      CustomObject: 6,
      PermissionSet: 5,
      ExternalCredential: 1,
      NamedCredential: 1,
      CustomLabels: expect.any(Number),
    });
  });
});

describe('stripTypes', () => {
  test('keeps decorators and the order of fields for the compiler of the org', () => {
    const script = stripTypes("class A {\n  @wire(read, { id: '$id' }) rows: Row[] | undefined;\n  id = 'x' as const;\n}\n", 'a.ts');

    expect(script).toContain("@wire(read, { id: '$id' })");
    expect(script.indexOf('rows;')).toBeLessThan(script.indexOf("id = 'x';"));
  });
});
