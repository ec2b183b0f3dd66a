import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { Machine } from './result.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export function machine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    memoryMb: Math.round(os.totalmem() / 1e6),
    node: process.version,
  };
}

/** What was measured; `+` where files were changed since. */
export function commit(): string {
  const git = (...parameters: string[]) => spawnSync('git', parameters, { cwd: ROOT, encoding: 'utf8' }).stdout.trim();
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? '+' : ''}`;
}
