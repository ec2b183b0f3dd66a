/** Writes a complete project that `sf project deploy start` takes as it is: TypeScript compiled, tests left out. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StripError, stripTypes } from './strip.ts';

/** Files beside force-app that belong to the project. */
const PROJECT_FILES = ['sfdx-project.json', 'config/project-scratch-def.json', '.forceignore'];
const MARKER = '.built-by-build-sf';
const LEFT_OUT = /\/__(tests|mocks)__\/|\.d\.ts$|(^|\/)\.[^/]+$/;

/** Why nothing was built. The target is as it was before. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

export interface BuildResult {
  target: string;
  /** Files written below force-app, relative to the target. */
  files: string[];
  /** How many of them were TypeScript. */
  compiled: number;
}

/**
 * Builds the project of `root` into `target`. What an earlier build left there is removed; anything else there stops the build.
 * @throws {BuildError} naming the file that cannot be taken
 */
export function buildProject(root: string, target: string): BuildResult {
  const sources = readdirSync(path.join(root, 'force-app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => !LEFT_OUT.test(file))
    .sort();
  const outputs = new Map<string, string | undefined>();
  for (const file of sources) {
    const name = file.replace(/\.ts$/, '.js');
    // A compiled file that was left beside its source would win or lose by chance.
    if (outputs.has(name) || (name !== file && sources.includes(name)))
      throw new BuildError(`${file}: there is a ${name} as well; delete it, it is written by the build`);
    outputs.set(name, name === file ? undefined : compile(root, file));
  }
  const missing = PROJECT_FILES.find((file) => !existsSync(path.join(root, file)));
  if (missing) throw new BuildError(`${missing} is missing`);

  clear(target);
  for (const [file, text] of outputs) write(root, target, file, text);
  for (const file of PROJECT_FILES) write(root, target, file, undefined);
  const files = [...outputs.keys()];
  return { target, files, compiled: files.filter((file) => outputs.get(file) !== undefined).length };
}

function compile(root: string, file: string): string {
  if (!file.includes('/lwc/')) throw new BuildError(`${file}: TypeScript belongs to components only`);
  try {
    return stripTypes(readFileSync(path.join(root, file), 'utf8'), file);
  } catch (error) {
    if (error instanceof StripError) throw new BuildError(`${file}:${error.line}: ${error.message}`, { cause: error });
    throw error;
  }
}

function clear(target: string): void {
  if (existsSync(target) && readdirSync(target).length > 0) {
    if (!existsSync(path.join(target, MARKER))) throw new BuildError(`${target} holds files that no build has written; move them away`);
    rmSync(target, { recursive: true });
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, MARKER), 'Written by npm run build:sf, which removes this folder at its next run.\n');
}

function write(root: string, target: string, file: string, text: string | undefined): void {
  const place = path.join(target, file);
  mkdirSync(path.dirname(place), { recursive: true });
  if (text === undefined) cpSync(path.join(root, file), place);
  else writeFileSync(place, text);
}
