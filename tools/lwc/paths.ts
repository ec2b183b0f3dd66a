/**
 * TypeScript's `paths` allow one `*` only, but `c/hello` lives in `…/lwc/hello/hello.ts`: each component needs an entry of its own.
 * `node tools/lwc/paths.ts` writes them to tsconfig.lwc.paths.json; with `--check` it only says whether that file is current.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownComponents, pageModules, platformModules } from './components.ts';

const FILE = 'tsconfig.lwc.paths.json';

/** The text tsconfig.lwc.paths.json must have for the component folders under `root`. */
export function pathsFile(root: string): string {
  const entries = [...ownComponents(root), ...pageModules(root), ...platformModules(root)]
    // `lightning/*` and `force/*` are declared in types/, as the platform has them.
    .filter(({ name, entry }) => entry.endsWith('.ts') && /^(c|shell)\//.test(name))
    .map(({ name, entry }) => [name, [`./${path.relative(root, entry).replaceAll(path.sep, '/')}`]] as const);
  return `${JSON.stringify({ compilerOptions: { paths: Object.fromEntries(entries) } }, null, 2)}\n`;
}

/** Whether the file on disk is what {@link pathsFile} would write. */
export function pathsAreCurrent(root: string): boolean {
  const file = path.join(root, FILE);
  return existsSync(file) && sameEntries(readFileSync(file, 'utf8'), pathsFile(root));
}

// Prettier may lay the file out differently; only the entries count.
function sameEntries(left: string, right: string): boolean {
  return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
}

if (import.meta.main) {
  const root = process.cwd();
  if (!process.argv.includes('--check')) writeFileSync(path.join(root, FILE), pathsFile(root));
  else if (!pathsAreCurrent(root)) {
    console.error(`${FILE} does not match the component folders: run "node tools/lwc/paths.ts".`);
    process.exitCode = 1;
  }
}
