import { sleep } from '../../platform/clock.ts';

const AGAIN_MS = 1_000;

/**
 * Writes the newest of several notes, one write after the other: side by side on several connections an older one could be written last. What
 * could not be written is tried again every second until it can, or until something newer takes its place.
 */
export function createNotes<Note>(options: { write(note: Note): Promise<void>; failed(error: unknown): void; againMs?: number }) {
  const ending = new AbortController();
  let newest: { note: Note } | undefined;
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (newest) {
      const current: { note: Note } = newest;
      try {
        await options.write(current.note);
        if (newest === current) newest = undefined;
      } catch (error) {
        options.failed(error);
        if (ending.signal.aborted) return;
        await sleep(options.againMs ?? AGAIN_MS, ending.signal);
      }
    }
  }

  function begin(): void {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (newest && !ending.signal.aborted) begin(); // noted just now
    });
  }

  return {
    note(note: Note): void {
      newest = { note };
      begin();
    },
    /** Waits for what is being written. What cannot be written now is given up: whoever comes next has notes of its own. */
    async end(): Promise<void> {
      ending.abort();
      await writing;
    },
  };
}
