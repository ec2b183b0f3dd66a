/** Reads the files of a project that the checks look at. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './check.ts';

/** Opens the project in `root`, the folder with sfdx-project.json. Jest tests and mocks are no part of it. */
export function openProject(root: string): Project {
  const texts = new Map<string, string>();
  const files = readdirSync(path.join(root, 'force-app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => !/\/__(tests|mocks)__\//.test(file))
    .sort();
  const known = new Set(files);
  return {
    root,
    files,
    has: (file) => known.has(file),
    read(file) {
      let text = texts.get(file);
      if (text === undefined) {
        text = readFileSync(path.join(root, file), 'utf8');
        texts.set(file, text);
      }
      return text;
    },
  };
}
