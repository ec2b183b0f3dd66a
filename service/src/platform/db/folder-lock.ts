import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the one lock on a PGlite folder; two openers would each see only their own rows. SQLite's file lock is used because the
 * operating system drops it when the process dies, even by `kill -9`. Throws when somebody else has it.
 * Returns the function that gives it back.
 */
export function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(`${folder}.lock`);
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
  } catch {
    lock.close();
    throw new Error(`The database folder ${folder} is in use by another process. Stop that one, or set DATA_DIR to another folder.`);
  }
  return () => lock.close();
}
