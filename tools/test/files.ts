import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Files of the project that match, relative to `root`, with forward slashes, sorted. */
export function findFiles(root: string, pattern: string): string[] {
  return globSync(pattern, {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'build' || name === '.data' || name === 'bad',
  })
    .map((file) => file.replaceAll(path.sep, '/'))
    .sort();
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g;

/** Which of `files` reach one of `targets` by imports, over any number of steps. All relative to `root`. */
export function filesReaching(root: string, files: readonly string[], targets: readonly string[]): string[] {
  const wanted = new Set(targets);
  const importsOf = new Map<string, string[]>();
  const imports = (file: string): string[] => {
    const known = importsOf.get(file);
    if (known) return known;
    const source = existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : '';
    const found = [...source.matchAll(IMPORT)].map(([, to]) => path.posix.join(path.posix.dirname(file), to ?? ''));
    importsOf.set(file, found);
    return found;
  };
  const reaches = (file: string): boolean => {
    const seen = new Set([file]);
    const queue = [file];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (wanted.has(next)) return true;
      for (const to of imports(next)) if (!seen.has(to)) queue.push((seen.add(to), to));
    }
    return false;
  };
  return files.filter(reaches);
}
