import type { CarrierMessage, TwilioClient } from '../../gateways/twilio/index.ts';

const PAGE_SIZE = 200;
/** More is not held in memory, and not read again after a failure. */
const MAX_PAGES = 10;
/** The carrier's times are whole seconds: a shorter stretch cannot be asked for. */
const SHORTEST_MS = 1_000;
/** What a stretch asks for beyond its end, and what rounding may add to that. */
const BEYOND_MS = 2_000;

export interface ListWindow {
  /** In the order in which they were written. */
  messages: CarrierMessage[];
  /** Everything before this was handed over. */
  until: Date;
}

/** How long a stretch can be held or read in one go, as learned so far; kept from look to look, so that a failed one is not repeated as it was. */
export interface Stretch {
  ms: number;
}

type ListClient = Pick<TwilioClient, 'listMessages'>;

/**
 * Reads the carrier's list from `from` to `to` (and what came meanwhile), oldest first. The list itself begins with the newest, so a stretch
 * that has many pages, or whose pages could not all be read, is shortened to half of what was read of it. The newest stretch has no upper
 * bound, so that nothing hides behind clocks that differ. Throws with the carrier's words where it cannot be read; ends early when `signal`
 * is aborted. `recipient`: only texts to this number.
 */
export async function* readWindows(
  client: ListClient,
  from: Date,
  to: Date,
  signal: AbortSignal,
  stretch: Stretch = { ms: Infinity },
  recipient?: string,
): AsyncGenerator<ListWindow, void> {
  const end = to.getTime();
  let at = from.getTime();
  while (at < end && !signal.aborted) {
    const until = Math.min(at + stretch.ms, end);
    const read: CarrierMessage[] = [];
    let whole = false;
    try {
      const maxPages = until - at <= SHORTEST_MS ? Infinity : MAX_PAGES;
      for await (const page of pagesOf(client, { from: at, until: until === end ? undefined : until, recipient }, maxPages, signal)) {
        read.push(...page.messages);
        whole = page.last;
      }
    } finally {
      if (!whole && read.length > 0) stretch.ms = shorter(read, at, until);
    }
    if (signal.aborted) return;
    if (!whole) continue;
    const messages = read.reverse().sort((a, b) => timeOf(a) - timeOf(b));
    // A carrier that does not keep to the bound has told what came later as well.
    const newest = Math.max(until, ...messages.slice(-1).map(timeOf));
    const reached = newest > until + BEYOND_MS ? Math.min(newest, end) : until;
    yield { messages, until: new Date(reached) };
    at = reached;
    if (messages.length < (MAX_PAGES * PAGE_SIZE) / 4) stretch.ms *= 2;
  }
}

/** Texts are taken to be as many everywhere in the stretch as in the newest part of it, which was read. */
function shorter(newestFirst: CarrierMessage[], at: number, until: number): number {
  const covered = until - Math.min(...newestFirst.slice(-1).map(timeOf));
  return Math.max(SHORTEST_MS, Math.min(until - at, covered) / 2);
}

/** The pages of a stretch, the newest first, and not more than `maxPages` of them. */
async function* pagesOf(
  client: ListClient,
  { from, until, recipient }: { from: number; until: number | undefined; recipient: string | undefined },
  maxPages: number,
  signal: AbortSignal,
): AsyncGenerator<{ messages: readonly CarrierMessage[]; last: boolean }, void> {
  let page: string | undefined;
  for (let pages = 0; (pages === 0 || page) && pages < maxPages && !signal.aborted; pages += 1) {
    const result = await client.listMessages(
      page
        ? { page }
        : {
            since: new Date(from).toISOString(),
            // A second more: neighbouring stretches may share a text, which is known by its id, but none falls between them.
            ...(until !== undefined && { before: new Date(until + SHORTEST_MS).toISOString() }),
            ...(recipient !== undefined && { to: recipient }),
            pageSize: PAGE_SIZE,
          },
    );
    if (!result.ok) throw new Error(result.problem.text);
    page = result.value.nextPage ?? undefined;
    yield { messages: result.value.messages, last: !page };
  }
}

function timeOf({ createdAt }: CarrierMessage): number {
  return createdAt ? Date.parse(createdAt) : 0;
}
