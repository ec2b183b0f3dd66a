import type { CarrierMessage, TwilioClient } from '../../gateways/twilio/index.ts';

const PAGE_SIZE = 200;
/** More is not held in memory, and not read again after a failure. */
const MAX_PAGES = 10;
/** The carrier's times are whole seconds: a shorter stretch cannot be asked for. */
const SHORTEST_MS = 1_000;

export interface ListWindow {
  /** In the order in which they were written. */
  messages: CarrierMessage[];
  /** Everything before this was handed over. */
  until: Date;
}

type ListClient = Pick<TwilioClient, 'listMessages'>;

/**
 * Reads the carrier's list from `from` to `to` (and what came meanwhile), oldest first. The list itself begins with the newest, so a
 * stretch that has many pages is halved until it can be held. The newest stretch has no upper bound, so that nothing hides behind clocks
 * that differ. Throws with the carrier's words where it cannot be read; ends early when `signal` is aborted.
 */
export async function* readWindows(client: ListClient, from: Date, to: Date, signal: AbortSignal): AsyncGenerator<ListWindow, void> {
  const end = to.getTime();
  let at = from.getTime();
  let span = end - at;
  while (at < end && !signal.aborted) {
    const until = Math.min(at + span, end);
    const messages = await readAll(client, at, until === end ? undefined : until, span <= SHORTEST_MS ? Infinity : MAX_PAGES, signal);
    if (signal.aborted) return;
    if (!messages) {
      span = Math.ceil(Math.min(span, end - at) / 2);
      continue;
    }
    yield { messages, until: new Date(until) };
    at = until;
    if (messages.length < (MAX_PAGES * PAGE_SIZE) / 4) span *= 2;
  }
}

/** Undefined when there are more pages than asked for. */
async function readAll(
  client: ListClient,
  from: number,
  until: number | undefined,
  maxPages: number,
  signal: AbortSignal,
): Promise<CarrierMessage[] | undefined> {
  const newestFirst: CarrierMessage[] = [];
  let page: string | undefined;
  for (let pages = 0; pages === 0 || page; pages += 1) {
    if (signal.aborted || pages >= maxPages) return undefined;
    const result = await client.listMessages(
      page
        ? { page }
        : {
            since: new Date(from).toISOString(),
            // A second more: neighbouring stretches may share a text, which is known by its id, but none falls between them.
            ...(until !== undefined && { before: new Date(until + SHORTEST_MS).toISOString() }),
            pageSize: PAGE_SIZE,
          },
    );
    if (!result.ok) throw new Error(result.problem.text);
    newestFirst.push(...result.value.messages);
    page = result.value.nextPage ?? undefined;
  }
  return newestFirst.reverse().sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ createdAt }: CarrierMessage): number {
  return createdAt ? Date.parse(createdAt) : 0;
}
