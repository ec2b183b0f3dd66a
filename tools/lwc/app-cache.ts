/** Keeps the last good build of our components on disk, so that a start without changes compiles nothing. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AppFiles } from './app.ts';

/** Everything a build depends on besides the vendor build. */
const SOURCES = [
  'force-app/main/*/lwc/*/*.{ts,js,html,css,svg}',
  'force-app/main/*/lwc/*/*.js-meta.xml',
  'force-app/main/*/labels/*.labels-meta.xml',
  'force-app/main/*/objects/*/fields/*.field-meta.xml',
  'force-app/main/*/classes/*.cls',
  'sandbox/lightning/shell/main.ts',
  'sandbox/lightning/shell/page/**/*.*',
  'tools/lwc/*.ts',
];

const fileOf = (root: string): string => path.join(root, 'build/lightning/app.json');

/** Hash of all sources; `vendorKey` stands for the versions and the stand-ins. */
export function sourceKey(root: string, vendorKey: string): string {
  const hash = createHash('sha256').update(vendorKey);
  for (const file of globSync(SOURCES, { cwd: root }).sort()) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** The kept build, if it was made from exactly these sources. */
export function readAppCache(root: string, key: string): AppFiles | undefined {
  const file = fileOf(root);
  if (!existsSync(file)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { key: string; files: [string, string][] };
    return kept.key === key ? new Map(kept.files) : undefined;
  } catch {
    rmSync(file, { force: true }); // cut off while it was written
    return undefined;
  }
}

export function writeAppCache(root: string, key: string, files: AppFiles): void {
  const file = fileOf(root);
  const apart = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(apart, JSON.stringify({ key, files: [...files] }));
  renameSync(apart, file);
}
