/** For tests: a repository of its own with one small component, using this repository's packages and page. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const META = (exposed: boolean): string =>
  `<LightningComponentBundle xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>65.0</apiVersion><isExposed>${String(exposed)}</isExposed><targets><target>lightning__Tab</target></targets></LightningComponentBundle>`;

export interface TestProject {
  root: string;
  /** Writes a file, making its folders; `file` is relative to the root. */
  write(file: string, text: string): void;
  /** Writes a component of the area `core`. */
  component(name: string, script: string, template?: string, exposed?: boolean): void;
  labels(area: string, labels: Record<string, string>): void;
  remove(): void;
}

/** The base components are taken from this repository's own build, so that a test does not build them again. */
export function createTestProject(): TestProject {
  const root = mkdtempSync(path.join(os.tmpdir(), 'lwc-'));
  const project: TestProject = {
    root,
    write(file, text) {
      const target = path.join(root, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    },
    component(name, script, template = '<template></template>', exposed = true) {
      const folder = `force-app/main/core/lwc/${name}`;
      project.write(`${folder}/${name}.ts`, script);
      project.write(`${folder}/${name}.html`, template);
      project.write(`${folder}/${name}.js-meta.xml`, META(exposed));
    },
    labels(area, labels) {
      const items = Object.entries(labels).map(([name, value]) => `<labels><fullName>${name}</fullName><value>${value}</value></labels>`);
      project.write(
        `force-app/main/${area}/labels/CustomLabels.labels-meta.xml`,
        `<?xml version="1.0"?><CustomLabels>${items.join('')}</CustomLabels>`,
      );
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const folder of ['node_modules', 'tools']) symlinkSync(path.join(REPOSITORY, folder), path.join(root, folder));
  cpSync(path.join(REPOSITORY, 'sandbox/lightning/shell'), path.join(root, 'sandbox/lightning/shell'), { recursive: true });
  symlinkSync(path.join(REPOSITORY, 'sandbox/lightning/context-types.ts'), path.join(root, 'sandbox/lightning/context-types.ts'));
  project.write('package.json', '{"type":"module"}');
  project.labels('core', { Core_Hello: 'Hello' });
  mkdirSync(path.join(root, 'build'), { recursive: true });
  mkdirSync(path.join(REPOSITORY, 'build/lightning'), { recursive: true });
  return project;
}

/** Where a test project finds the base components that this repository has built. */
export function shareVendor(project: TestProject, folder: string): void {
  const target = path.join(project.root, 'build/lightning', path.basename(folder));
  mkdirSync(path.dirname(target), { recursive: true });
  symlinkSync(folder, target);
}
