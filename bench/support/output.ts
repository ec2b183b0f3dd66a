import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** Where reports, logs and profiles go. */
export const OUTPUT = path.resolve(import.meta.dirname, '../../build/bench');
mkdirSync(OUTPUT, { recursive: true });

/** `--tiny`: so few measurements that the bench ends soon; proves that it works. */
export const isTiny = process.argv.includes('--tiny');

/** `--profile`: also where the time goes, as `.cpuprofile` files that Chrome's developer tools open. */
export const isProfiled = process.argv.includes('--profile');
export const PROFILES = path.join(OUTPUT, 'profiles');

/** The full number, or the one of a tiny run. */
export function size(full: number, tiny: number): number {
  return isTiny ? tiny : full;
}

/** Shows that something happens, on stderr: stdout is the table's. */
export function say(text: string): void {
  process.stderr.write(`  … ${text}\n`);
}
