/** What components refer to: Apex methods, labels, fields, modules, child components and handlers. */
import { bundles, exportedNames, lightningExports, lightningModules, type Bundle } from '../bundles.ts';
import { lineAt, type Finding, type Project } from '../check.ts';
import type { Names } from './names.ts';

/** Modules of `@salesforce/*` and others that need no look-up of ours. */
const PLATFORM = /^(lwc$|@salesforce\/(apex$|user\/|i18n\/|client\/|userPermission\/|resourceUrl\/|messageChannel\/)|lightning\/modal$)/;

export function lwcReferences(project: Project, names: Names): Finding[] {
  const known = bundles(project);
  const platform = lightningModules();
  return [...known.values()].flatMap((bundle) => [
    ...bundle.scripts.flatMap((file) => imports(project, file, known, platform, names)),
    ...bundle.templates.flatMap((file) => template(project, file, bundle, known, platform)),
  ]);
}

const IMPORT = /^\s*(?:import\s+|(?:import|export)\s+([^'";]*?)\s*from\s*)['"]([^'"]+)['"]/gm;

function imports(project: Project, file: string, known: Map<string, Bundle>, platform: Set<string>, names: Names): Finding[] {
  const source = project.read(file);
  return [...source.matchAll(IMPORT)].flatMap((match) => {
    const [text, clause = '', from = ''] = match;
    const complaint = checkImport(clause, from, file, project, known, platform, names);
    const offset = match.index + text.length - text.trimStart().length;
    return complaint ? [{ file, line: lineAt(source, offset), message: complaint }] : [];
  });
}

function checkImport(
  clause: string,
  from: string,
  file: string,
  project: Project,
  known: Map<string, Bundle>,
  platform: Set<string>,
  names: Names,
): string | undefined {
  if (PLATFORM.test(from)) return undefined;
  const [scope = '', ...rest] = from.split('/');
  const name = rest.join('/');
  if (from.startsWith('@salesforce/')) return checkScoped(rest[0] ?? '', rest.slice(1).join('/'), names);
  if (scope === 'lightning') {
    if (!platform.has(name)) return `no module ${from}`;
    // Types of platform modules are ours, in types/; the type check of the components looks at them.
    return clause.startsWith('type ') ? undefined : checkNamed(clause.replace(/\btype\s+\w+\s*,?/g, ''), from, lightningExports(name));
  }
  if (scope === 'c') {
    const bundle = known.get(name);
    const script = bundle?.scripts.find((candidate) => candidate.replace(/\.\w+$/, '') === `${bundle.folder}/${name}`);
    return script ? checkNamed(clause, from, exportedNames(project.read(script))) : `no component ${from}`;
  }
  if (from.startsWith('.')) {
    const base = resolveRelative(file, from);
    const script = [base, `${base}.ts`, `${base}.js`, `${base}.html`].find((candidate) => project.has(candidate));
    if (!script) return `no file ${from}`;
    return script.endsWith('.html') ? undefined : checkNamed(clause, from, exportedNames(project.read(script)));
  }
  return `unknown module ${from}`;
}

function checkScoped(scope: string, name: string, names: Names): string | undefined {
  switch (scope) {
    case 'apex':
      return names.auraMethods.has(name.split('.').slice(-2).join('.').toLowerCase())
        ? undefined
        : `no @AuraEnabled public static method ${name}`;
    case 'label':
      return names.labels.has(name.replace(/^c\./, '')) ? undefined : `no label ${name}`;
    case 'customPermission':
      return names.customPermissions.has(name) ? undefined : `no custom permission ${name}`;
    case 'schema':
      return checkSchema(name, names);
    default:
      return `unknown module @salesforce/${scope}/${name}`;
  }
}

function checkSchema(name: string, names: Names): string | undefined {
  const [objectName = '', ...path] = name.split('.');
  let object = names.schema.object(objectName);
  if (!object) return `no object ${objectName}`;
  for (const [index, part] of path.entries()) {
    const field: string | undefined = object?.fields[part.toLowerCase()];
    if (field === undefined) return `no field ${part} (${name})`;
    if (index < path.length - 1) {
      if (!field.startsWith('@')) return `${part} is no relationship (${name})`;
      object = names.schema.object(field.slice(1));
      if (!object) return undefined;
    }
  }
  return undefined;
}

function checkNamed(clause: string, from: string, exported: Set<string> | undefined): string | undefined {
  const list = /\{([^}]*)\}/.exec(clause)?.[1];
  if (!list || !exported) return undefined;
  const wanted = list.split(',').map(
    (item) =>
      item
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/)[0] ?? '',
  );
  const missing = wanted.find((name) => name !== '' && name !== 'default' && !exported.has(name));
  return missing ? `${from} exports no ${missing}` : undefined;
}

function resolveRelative(file: string, from: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const step of from.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
}

function template(project: Project, file: string, bundle: Bundle, known: Map<string, Bundle>, platform: Set<string>): Finding[] {
  const source = project.read(file);
  const script = bundle.scripts.map((path) => project.read(path)).join('\n');
  const findings: Finding[] = [];
  for (const match of source.matchAll(/<(c|lightning)-([a-z0-9-]+)/g)) {
    const [, scope, kebab = ''] = match;
    const name = kebab.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const exists = scope === 'c' ? known.has(name) : platform.has(name);
    if (!exists) findings.push({ file, line: lineAt(source, match.index), message: `no component <${scope}-${kebab}>` });
  }
  for (const match of source.matchAll(/\bon([a-z]+)=\{([\w.]+)\}/g)) {
    const [, event, handler = ''] = match;
    const word = handler.split('.').at(-1) ?? '';
    if (!new RegExp(`\\b${word}\\b`).test(script))
      findings.push({ file, line: lineAt(source, match.index), message: `no handler ${handler} for ${event}` });
  }
  return findings;
}
