/** What the service's own log may not hold. */
import { TEXT_MARK, OTHER_MARK } from './marks.ts';

/** Customers' numbers in any spelling that keeps the digits together. */
const NUMBER = /1?415555\d{4}/;

/** Lines of the log that show a secret, a text or a phone number, or say that the service failed; each with its reason. */
export function faultsOfLog(log: string, secrets: readonly string[]): string[] {
  const faults = new Map<string, string>();
  for (const line of log.split('\n')) {
    if (secrets.some((secret) => line.includes(secret))) faults.set('a secret', line);
    if (line.includes(TEXT_MARK) || line.includes(OTHER_MARK)) faults.set('a text', line);
    if (NUMBER.test(line)) faults.set('a phone number', line);
    const { level, msg, err } = read(line);
    if (level === undefined && line.trim() !== '') faults.set(`a line that is no log record: ${line.slice(0, 40)}`, line);
    if ((level ?? 0) >= 50) faults.set(`an error: ${msg ?? ''} ${err?.message?.slice(0, 80) ?? ''}`, line);
  }
  return [...faults].map(([what, line]) => `the log holds ${what}: ${line.slice(0, 1_500)}`);
}

function read(line: string): { level?: number; msg?: string; err?: { message?: string } } {
  try {
    return JSON.parse(line) as { level?: number; msg?: string };
  } catch {
    return {};
  }
}
