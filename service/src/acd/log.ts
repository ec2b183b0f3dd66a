import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import { sleep } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { Logger } from '../platform/log.ts';
import { addLogEntries, type LogEntry } from './log-store.ts';

/** Entries that wait for the database at most; about 5 MB. */
const MOST_WAITING = 20_000;
const BATCH = 1_000;
const PAUSE_MS = 250;

export type LookupLog = ReturnType<typeof createLookupLog>;

/**
 * Writes what was answered in batches, behind the answers. While the database does not take them they wait; when too many wait the oldest are
 * dropped and counted (`acd_log_dropped_total`), never silently.
 */
export function createLookupLog({ db, logger, registry }: { db: Db; logger: Logger; registry: Registry }) {
  const waiting: LogEntry[] = [];
  const stopping = new AbortController();
  const dropped = new Counter({
    name: 'acd_log_dropped_total',
    help: 'Entries of the look-up log that were dropped because the database did not take them',
    registers: [registry],
  });
  let loop: Promise<void> | undefined;
  /** The log is told once that the database does not take entries, and not each time that it is tried. */
  let isRefused = false;

  function drop(count: number): void {
    if (count <= 0) return;
    waiting.splice(0, count);
    dropped.inc(count);
    logger.warn({ dropped: count }, 'entries of the look-up log were dropped: the database does not take them');
  }

  async function write(): Promise<boolean> {
    const batch = waiting.splice(0, BATCH);
    try {
      await addLogEntries(db, batch);
      isRefused = false;
      return true;
    } catch (error) {
      waiting.unshift(...batch);
      drop(waiting.length - MOST_WAITING);
      if (!isRefused) logger.warn({ err: error }, 'the look-up log could not be written yet; it is tried again');
      isRefused = true;
      return false;
    }
  }

  return {
    add(entry: LogEntry): void {
      waiting.push(entry);
      if (waiting.length > MOST_WAITING + BATCH) drop(waiting.length - MOST_WAITING);
    },
    start(): void {
      loop ??= (async () => {
        while (!stopping.signal.aborted) {
          while (waiting.length > 0 && (await write()));
          await sleep(PAUSE_MS, stopping.signal);
        }
        // What was answered before the stop belongs in the log as well.
        while (waiting.length > 0 && (await write()));
        drop(waiting.length);
      })();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await loop;
    },
  };
}

/** Enough to recognise a number by, not enough to call it: the country and the last two digits. */
export function maskNumber(text: string): string {
  const digits = text.replace(/\D/g, '');
  if (digits.length === 0) return text === '' ? '' : 'no number';
  if (digits.length < 7) return '•'.repeat(digits.length);
  return `${digits.slice(0, 3)}${'•'.repeat(Math.min(digits.length, 20) - 5)}${digits.slice(-2)}`;
}

/** An extension as it is; what is long enough to be somebody's number is masked. */
export const maskLong = (extension: string): string => (extension.replace(/\D/g, '').length < 7 ? extension : maskNumber(extension));
