/** Stands in for the platform while components are compiled: answers `@salesforce/*` imports and strips TypeScript. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { transform } from 'esbuild';
import type { Plugin } from 'rollup';
import { exposedComponents, ownComponents, pageModules, platformModules } from './components.ts';
import { readLabels } from './labels.ts';

const VIRTUAL = '\0salesforce:';
const EMPTY = '\0empty';
/** Import that gives `{ 'messagingConsole': () => import('c/messagingConsole'), … }` for every exposed component. */
const REGISTRY = 'shell/registry';
/** What a user's settings decide; everything else of `@salesforce/i18n` stays as the base components bring it. */
const RUNTIME_I18N =
  /^(locale|lang|dir|timeZone|firstDayOfWeek|dateTime\.short(Date|Time|DateTime)Format|dateTime\.medium(Date|Time|DateTime)Format|number\.(decimal|grouping)Separator)$/;

export type ModuleRecord = { dir: string } | { npm: string } | { name: string; path: string };

export interface ResolverOptions {
  /** Repository root. */
  root: string;
  /** `Class.method` of every Apex method there is; an import of any other is a build error. Not checked when left out. */
  apexMethods?: ReadonlySet<string> | undefined;
}

/** Where `c/*`, `shell/*`, `lightning/*` and `force/*` live. The first record that matches wins. */
export function moduleRecords(root: string): ModuleRecord[] {
  const alias = ({ name, entry }: { name: string; entry: string }): ModuleRecord => ({ name, path: entry });
  return [
    ...platformModules(root).map(alias),
    ...pageModules(root).map(alias),
    ...ownComponents(root).map(alias),
    { npm: 'lightning-base-components' },
    // Internals that the package hides, for stand-ins that extend one of them.
    { dir: path.join(root, 'node_modules/lightning-base-components/src') },
  ];
}

/** Must stand before the LWC plugin: the LWC compiler does not strip types. */
export function salesforceModules(options: ResolverOptions): Plugin {
  let labels = new Map<string, string>();
  return {
    name: 'salesforce-modules',

    buildStart() {
      labels = readLabels(options.root);
      for (const file of globSync('force-app/main/*/labels/*.labels-meta.xml', { cwd: options.root }))
        this.addWatchFile(path.join(options.root, file));
    },

    resolveId(id) {
      if (id === 'lwc' || id === '@lwc/engine-dom' || id === '@lwc/wire-service') return enginePart(id, options.root);
      if (id === REGISTRY) return VIRTUAL + id;
      if (id.startsWith('lightning/iconSvgTemplates')) return EMPTY; // icons come from the sprites
      return isOurs(id) ? VIRTUAL + id : undefined;
    },

    load(id) {
      if (id === EMPTY) return 'export default {};';
      if (!id.startsWith(VIRTUAL)) return undefined;
      const name = id.slice(VIRTUAL.length);
      try {
        return name === REGISTRY ? registry(options.root) : sourceFor(name, options, labels);
      } catch (error) {
        return this.error(error instanceof Error ? error.message : String(error));
      }
    },

    async transform(code, id) {
      const file = id.split('?')[0] ?? id; // the LWC plugin adds ?specifier=c/x
      if (id.startsWith('\0') || !file.endsWith('.ts')) return undefined;
      const result = await transform(code, {
        loader: 'ts',
        target: 'esnext', // decorators stay for the LWC compiler
        sourcefile: file,
        sourcemap: 'external',
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true, target: 'esnext' } },
      });
      return { code: result.code, map: result.map };
    },
  };
}

// As the package `lwc` sees them: a hoisted @lwc/engine-dom may be the older one that sfdx-lwc-jest brings.
function enginePart(id: string, root: string): string {
  const lwc = createRequire(path.join(root, 'package.json')).resolve('lwc');
  return createRequire(lwc).resolve(id === 'lwc' ? '@lwc/engine-dom' : id);
}

// The base components bring their own labels, gates and access checks: those must not be caught here.
function isOurs(id: string): boolean {
  return (
    id === '@salesforce/apex' ||
    id.startsWith('@salesforce/label/c.') ||
    /^@salesforce\/(apex|schema|user|userPermission|customPermission|resourceUrl|messageChannel|i18n|client)\//.test(id)
  );
}

function sourceFor(id: string, options: ResolverOptions, labels: ReadonlyMap<string, string>): string {
  const [, scope = '', ...rest] = id.split('/');
  const name = rest.join('/');
  switch (scope) {
    case 'apex':
      if (name === '') return `export { refreshApex, getSObjectValue } from 'shell/apexClient';`;
      if (options.apexMethods && !options.apexMethods.has(name)) throw new Error(`No @AuraEnabled Apex method ${name}`);
      return `import { apexMethod } from 'shell/apexClient';\nexport default apexMethod(${JSON.stringify(name)});`;
    case 'label':
      return constant(labelText(name.replace(/^c\./, ''), labels));
    case 'schema':
      checkSchema(name, options.root);
      return fromContext('schemaToken', name);
    case 'user':
      return fromContext('user', name);
    case 'userPermission':
    case 'customPermission':
      return fromContext(scope, name);
    case 'i18n':
      return RUNTIME_I18N.test(name) ? fromContext('i18n', name) : baseStub(options.root, scope, name);
    case 'client':
      return baseStub(options.root, scope, name);
    default:
      return constant(name); // resourceUrl, messageChannel
  }
}

function constant(value: unknown): string {
  return `export default ${JSON.stringify(value)};`;
}

// Answered when the page runs: it depends on who is signed in, on the org's namespace or on the browser.
function fromContext(kind: string, name: string): string {
  return `import { ${kind} } from 'shell/context';\nexport default ${kind}(${JSON.stringify(name)});`;
}

function baseStub(root: string, scope: string, name: string): string {
  return readFileSync(path.join(root, 'node_modules/lightning-base-components/scopedImports', `@salesforce-${scope}-${name}.js`), 'utf8');
}

function labelText(name: string, labels: ReadonlyMap<string, string>): string {
  const text = labels.get(name);
  if (text === undefined) throw new Error(`No custom label ${name} in force-app/main/*/labels`);
  return text;
}

// Only what force-app itself declares can be checked here; standard names are the platform's.
function checkSchema(name: string, root: string): void {
  const [object = '', field] = name.split('.');
  if (/__(c|e|mdt)$/.test(object) && globSync(`force-app/main/*/objects/${object}`, { cwd: root }).length === 0) {
    throw new Error(`No object ${object} in force-app (import of @salesforce/schema/${name})`);
  }
  const own = field?.replace(/__r$/, '__c');
  // The platform keeps the custom fields of tasks and events in one place.
  const folder = object === 'Task' || object === 'Event' ? `{${object},Activity}` : object;
  if (own?.endsWith('__c') && globSync(`force-app/main/*/objects/${folder}/fields/${own}.field-meta.xml`, { cwd: root }).length === 0) {
    throw new Error(`No field ${own} on ${object} in force-app (import of @salesforce/schema/${name})`);
  }
}

function registry(root: string): string {
  const lines = exposedComponents(root).map(({ name }) => `${JSON.stringify(name.slice(2))}: () => import(${JSON.stringify(name)})`);
  return `export default {\n${lines.join(',\n')}\n};`;
}
