import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A temporary folder whose name tells the process, so that whoever outlives it can remove it. */
export function makeFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), prefixOf(process.pid)));
}

/** Removes what a bench process that was killed could not. */
export function removeFoldersOf(pid: number): void {
  for (const name of readdirSync(os.tmpdir()).filter((each) => each.startsWith(prefixOf(pid))))
    rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
}

function prefixOf(pid: number): string {
  return `switchboard-bench-${pid}-`;
}
