import type { OrgClient } from '../org/client.ts';
import { readEvents } from './server-sent-events.ts';

/** Pause before a broken stream of the org is opened again. */
const RETRY_MS = 500;

/** Keeps one stream of the org open until told to stop; `path` is asked again for every attempt. */
export async function forward(
  org: OrgClient,
  path: () => string,
  signal: AbortSignal,
  onData: (data: unknown) => void,
  onRefused: (error: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await org.open(path(), signal);
      if (response.ok) await readEvents(response, onData);
      else onRefused(await response.text());
    } catch {
      // Broken or stopped: the loop's condition tells which.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
  }
}
