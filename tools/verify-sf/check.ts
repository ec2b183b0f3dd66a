/** What every check of the package gives back. */

/** One fault. `file` is relative to the project root, `line` counts from 1. */
export interface Finding {
  file: string;
  line: number;
  message: string;
}

/** A check that could not run here, and why. */
export interface Skipped {
  skipped: string;
}

export interface Check {
  name: string;
  run(project: Project): Finding[] | Skipped | Promise<Finding[] | Skipped>;
}

/** The deployable files of a project, read once and shared by all checks. */
export interface Project {
  /** Absolute path of the folder that holds sfdx-project.json. */
  root: string;
  /** Files below force-app, relative to the root, with forward slashes, sorted. */
  files: readonly string[];
  has(file: string): boolean;
  /** Text of a file, given relative to the root. */
  read(file: string): string;
}

/** Line, from 1, of an offset in a text. */
export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let index = source.indexOf('\n'); index >= 0 && index < offset; index = source.indexOf('\n', index + 1)) line += 1;
  return line;
}
