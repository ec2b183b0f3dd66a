/** What is in order on one side is in order on the others, as far as the product promises it. */
import type { Facts, Handed, OrgRow } from './facts.ts';
import { REDELIVER_MS } from './faults.ts';
import { OURS } from './our-numbers.ts';
import type { Step } from './schedule.ts';

export function* order(facts: Facts, steps: readonly Step[]): Generator<string> {
  const { handed, org, phones } = facts;
  const threads = Map.groupBy(org, ({ phone, ours }) => `${phone} ${ours}`);
  for (const [key, received] of phones) {
    const thread = (threads.get(key) ?? []).toSorted((a, b) => a.sequence - b.sequence);
    const place = new Map(thread.map((row, index) => [row.body, index]));
    const known = received.filter((body) => handed.some((text) => text.body === body));
    const places = known.map((body) => place.get(body) ?? -1);
    if (places.some((each, index) => index > 0 && each <= (places[index - 1] as number)))
      yield `${key}: received out of order: ${known.join(' | ')}`;
  }
  for (const [key, thread] of threads) {
    if (new Set(thread.map(({ sequence }) => sequence)).size !== thread.length) yield `${key}: two messages have one number in the thread`;
    yield* handedInOrder(
      key,
      handed.filter(({ phone, ours }) => `${phone} ${ours}` === key),
      thread,
      facts,
      steps,
    );
  }
}

function* handedInOrder(key: string, texts: Handed[], thread: OrgRow[], facts: Facts, steps: readonly Step[]): Generator<string> {
  const number = new Map(thread.map(({ body, sequence }) => [body, sequence]));
  for (const first of texts)
    for (const second of texts) {
      const [one, two] = [number.get(first.body), number.get(second.body)];
      if (one === undefined || two === undefined || one < two || first === second) continue;
      if (wasThereBefore(first, second) || (first.ours === OURS.smpp && cameBefore(first, second, facts, steps)))
        yield `${key}: the org is out of order: "${first.body.slice(0, 24)}" came before "${second.body.slice(0, 24)}"`;
    }
}

/** The service had the first one before anybody handed the second one over: true of every way on which texts come. */
const wasThereBefore = (first: Handed, second: Handed) => first.acceptedAt !== undefined && first.acceptedAt < second.sentAt;

/** Faults after which an SMPP carrier hands over again: what was stored the first time is known then, but not in which order the rest comes. */
const HANDS_OVER_AGAIN: ReadonlySet<string> = new Set(['line-cut', 'deliver-cut', 'receipts-twice', 'receipts-other-bind']);
const handsOverAgain = (step: Step) => step.do === 'process' || ('fault' in step && HANDS_OVER_AGAIN.has(step.fault));

/**
 * Over SMPP texts come one behind the other on one line, so they may be under way together and still keep their order: the carrier began with
 * the first one first, and handed each over once. Webhooks that are under way together have no order.
 */
function cameBefore(first: Handed, second: Handed, { outages }: Facts, steps: readonly Step[]): boolean {
  if (first.begunAt === undefined || second.begunAt === undefined || first.begunAt > second.begunAt) return false;
  const end = Math.max(first.acceptedAt ?? Infinity, second.acceptedAt ?? Infinity);
  if (end - first.begunAt >= REDELIVER_MS || steps.some(handsOverAgain)) return false;
  return !outages.some((outage) => outage.from <= end && outage.to >= (first.begunAt as number));
}
