import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppBuilder, type AppFiles } from './app.ts';
import { exposedComponents, ownComponents } from './components.ts';
import { readLabels } from './labels.ts';
import { pathsAreCurrent, pathsFile } from './paths.ts';
import { createTestProject, type TestProject } from './test-project.ts';

let project: TestProject;
beforeEach(() => (project = createTestProject()));
afterEach(() => project.remove());

const HELLO = (imports: string, use: string): string =>
  `import { LightningElement } from 'lwc';\n${imports}\nexport default class Hello extends LightningElement { value: unknown = ${use}; }\n`;

/** Only what a component itself imports is compiled; the platform's side counts as provided. */
function build(apexMethods?: string[]): Promise<AppFiles> {
  const provided = {
    has: (id: string) => /^(lwc$|@lwc\/|lightning\/|force\/)/.test(id) || /^shell\/(context|apexClient|routes|stream)$/.test(id),
  } as ReadonlySet<string>;
  return createAppBuilder({
    root: project.root,
    external: provided,
    apexMethods: () => (apexMethods ? new Set(apexMethods) : undefined),
  }).build();
}

function code(files: AppFiles): string {
  return [...files]
    .filter(([name]) => name.endsWith('.js'))
    .map(([, text]) => text)
    .join('\n');
}

describe('a component', () => {
  it('gets labels as text, with XML entities decoded', async () => {
    project.labels('core', { Core_Hello: 'Terms &amp; &lt;conditions&gt; &#39;here&#39;' });
    project.component('hello', HELLO("import HELLO from '@salesforce/label/c.Core_Hello';", 'HELLO'));
    expect(code(await build())).toContain(`"Terms & <conditions> 'here'"`);
  });

  it('does not compile with a label that nobody wrote', async () => {
    project.component('hello', HELLO("import HELLO from '@salesforce/label/c.Core_Missing';", 'HELLO'));
    await expect(build()).rejects.toThrow(/No custom label Core_Missing/);
  });

  it('does not compile with an Apex method that does not exist', async () => {
    project.component('hello', HELLO("import send from '@salesforce/apex/Messages.send';", 'send'));
    await expect(build(['Messages.list'])).rejects.toThrow(/No @AuraEnabled Apex method Messages\.send/);
    expect(code(await build(['Messages.send']))).toContain('"Messages.send"');
  });

  it('does not compile with an own object or field that does not exist', async () => {
    project.write('force-app/main/core/objects/Thing__c/fields/Size__c.field-meta.xml', '<CustomField/>');
    project.component('hello', HELLO("import SIZE from '@salesforce/schema/Thing__c.Size__c';", 'SIZE'));
    expect(code(await build())).toContain('"Thing__c.Size__c"');
    project.component('hello', HELLO("import SIZE from '@salesforce/schema/Thing__c.Length__c';", 'SIZE'));
    await expect(build()).rejects.toThrow(/No field Length__c on Thing__c/);
    project.component('hello', HELLO("import SIZE from '@salesforce/schema/Other__c';", 'SIZE'));
    await expect(build()).rejects.toThrow(/No object Other__c/);
  });

  it('asks at run time who is signed in and what they may', async () => {
    project.component(
      'hello',
      HELLO("import ID from '@salesforce/user/Id';\nimport MAY from '@salesforce/customPermission/SwitchboardSend';", '[ID, MAY]'),
    );
    expect(code(await build())).toMatch(/user\("Id"\)[\s\S]*customPermission\("SwitchboardSend"\)/);
  });

  it('finds components of other areas, and its error names the file', async () => {
    project.write('force-app/main/messaging/lwc/other/other.ts', 'export const other = 42;\n');
    project.component('hello', HELLO("import { other } from 'c/other';", 'other'));
    expect(code(await build())).toContain('42');
    project.component('hello', HELLO('', '1'), '<template><p onclick={handle</p></template>');
    await expect(build()).rejects.toThrow(/^force-app\/main\/core\/lwc\/hello\/hello\.html/);
    project.component('hello', HELLO("import { other } from 'c/missing';", 'other'));
    await expect(build()).rejects.toThrow(/c\/missing/);
  });
});

describe('component folders', () => {
  it('are listed by name, with those that a page may place', () => {
    project.component('hello', 'export {};');
    project.component('hidden', 'export {};', undefined, false);
    expect(ownComponents(project.root).map(({ name }) => name)).toEqual(['c/hello', 'c/hidden']);
    expect(exposedComponents(project.root).map(({ name, targets }) => [name, targets])).toEqual([['c/hello', ['lightning__Tab']]]);
  });

  it('may not use a name twice', () => {
    project.component('hello', 'export {};');
    project.write('force-app/main/messaging/lwc/hello/hello.ts', 'export {};');
    expect(() => ownComponents(project.root)).toThrow(/c\/hello exists twice/);
  });

  it('have one path entry each', () => {
    project.component('hello', 'export {};');
    expect(JSON.parse(pathsFile(project.root))).toMatchObject({
      compilerOptions: { paths: { 'c/hello': ['./force-app/main/core/lwc/hello/hello.ts'] } },
    });
    expect(pathsAreCurrent(project.root)).toBe(false);
    project.write('tsconfig.lwc.paths.json', JSON.stringify(JSON.parse(pathsFile(project.root))));
    expect(pathsAreCurrent(project.root)).toBe(true);
  });

  it('of this repository match tsconfig.lwc.paths.json', () => {
    expect(pathsAreCurrent(path.resolve(import.meta.dirname, '../..')), 'run: node tools/lwc/paths.ts').toBe(true);
  });
});

it('a label in two areas is an error', () => {
  project.labels('messaging', { Core_Hello: 'Hallo' });
  expect(() => readLabels(project.root)).toThrow(/Core_Hello stands in .*core.* and in .*messaging/);
});
