/** Lightning web component bundles, and the modules that the platform gives them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './check.ts';

export interface Bundle {
  name: string;
  /** Folder relative to the root. */
  folder: string;
  scripts: string[];
  templates: string[];
  /** Its js-meta.xml, where there is one. */
  meta: string | undefined;
}

const STUBS = path.resolve(import.meta.dirname, '../../node_modules/@salesforce/sfdx-lwc-jest/src/lightning-stubs');

/** All bundles of a project by name. */
export function bundles(project: Project): Map<string, Bundle> {
  const found = new Map<string, Bundle>();
  for (const file of project.files) {
    const [, folder, name] = /^(.+\/lwc\/(\w+))\//.exec(file) ?? [];
    if (!folder || !name) continue;
    const bundle = found.get(name) ?? { name, folder, scripts: [], templates: [], meta: undefined };
    if (/\.(js|ts)$/.test(file)) bundle.scripts.push(file);
    if (file.endsWith('.html')) bundle.templates.push(file);
    if (file === `${folder}/${name}.js-meta.xml`) bundle.meta = file;
    found.set(name, bundle);
  }
  return found;
}

/** Names of `lightning/*` modules; the stubs lack two of them. */
export function lightningModules(): Set<string> {
  return new Set(['modal', 'platformUtilityBarApi', ...readdirSync(STUBS)]);
}

/** What a `lightning/*` module exports besides its default; undefined where the stubs do not tell. */
export function lightningExports(module: string): Set<string> | undefined {
  try {
    return exportedNames(readFileSync(path.join(STUBS, module, `${module}.js`), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Names that a module exports; undefined when it hands on all of another module. */
export function exportedNames(source: string): Set<string> | undefined {
  if (/^\s*export\s+\*/m.test(source)) return undefined;
  const names = new Set<string>();
  for (const [, name] of source.matchAll(
    /^\s*export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|var|function\*?|class|type|interface)\s+(\w+)/gm,
  ))
    if (name) names.add(name);
  for (const [, list = ''] of source.matchAll(/^\s*export\s+(?:type\s+)?\{([^}]*)\}/gm)) {
    for (const item of list.split(',')) {
      const name = item
        .trim()
        .split(/\s+as\s+/)
        .at(-1);
      if (name) names.add(name.replace(/^type\s+/, ''));
    }
  }
  return names;
}
