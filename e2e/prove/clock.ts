/** The clock of one service process, which jumps while it runs: libfaketime (Debian's package of that name) where it is installed. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = '/usr/lib';

function findLibrary(): string | undefined {
  if (!existsSync(FOLDER)) return undefined;
  return readdirSync(FOLDER)
    .map((each) => path.join(FOLDER, each, 'faketime/libfaketimeMT.so.1'))
    .find((each) => existsSync(each));
}

/** Undefined where the library is missing. */
export const faketime = findLibrary();

/** Settings with which a process takes its time from `file`; timers go on as they do when a machine's clock is set. */
export function clockEnv(file: string): Record<string, string> {
  setClock(file, 0);
  return {
    LD_PRELOAD: faketime ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/** The process sees it within a second. */
export function setClock(file: string, offsetSeconds: number): void {
  writeFileSync(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}s\n`);
}
