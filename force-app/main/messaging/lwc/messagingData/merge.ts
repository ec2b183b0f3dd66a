import type { Outgoing } from './outgoing';
import { PAGE_SIZE } from './messages';
import type { MessageView } from './messages';

/** Oldest first; each id once, the last reading of it wins. */
export function mergeStored(known: MessageView[], read: MessageView[]): MessageView[] {
  const byId = new Map([...known, ...read].map((message) => [message.id, message]));
  return [...byId.values()].sort(bySequence);
}

/**
 * Puts a fresh newest page under the older messages already loaded. Messages that vanished from its range are dropped. If more than a
 * page arrived meanwhile there would be a hole between the two: then only the page is kept and older ones are loaded again on demand.
 */
export function applyNewestPage(known: MessageView[], page: MessageView[]): MessageView[] {
  const first = Math.min(...page.map(sequenceOf));
  const older = known.filter((message) => sequenceOf(message) < first);
  const hole = page.length >= PAGE_SIZE && known.length > 0 && older.length === known.length;
  return mergeStored(hole ? [] : older, page);
}

/**
 * One list of what the org has and what was written here. A written message gives way to its org row (matched by external id) and lends
 * it its key; one the service has numbered stands at its number, the others follow at the end in the order they were written.
 */
export function mergeOutgoing(stored: MessageView[], outgoing: Outgoing[]): MessageView[] {
  const keys = new Map(outgoing.flatMap(({ id, key }) => (id ? [[id, key] as const] : [])));
  const rows = stored.map((message) => (keys.has(message.id) ? { ...message, key: keys.get(message.id)! } : message));
  const arrived = new Set(stored.map(({ id }) => id));
  const waiting = outgoing.filter(({ id }) => !id || !arrived.has(id)).map(toBubble);
  return [...rows, ...waiting].sort(bySequence);
}

function toBubble({ key, id, body, createdAt, sequence, state, problem }: Outgoing): MessageView {
  const sent = state === 'posting' ? 'Posting' : state === 'failed' ? 'NotSent' : 'Queued';
  return {
    key,
    id: id ?? '',
    inbound: false,
    body,
    at: new Date(createdAt).toISOString(),
    sequence,
    sent,
    delivery: '',
    errorCode: problem?.code ?? '',
    errorText: (problem?.status === 0 ? '' : problem?.detail) || problem?.title || '', // nothing came back: the title says all that is known
    segments: undefined,
    sentByName: '',
    mine: true,
    media: [],
    problem,
  };
}

/** Messages without a number come last; the sort is stable, so they keep their order. */
function sequenceOf({ sequence }: MessageView): number {
  return sequence ?? Number.MAX_SAFE_INTEGER;
}

function bySequence(a: MessageView, b: MessageView): number {
  return sequenceOf(a) - sequenceOf(b);
}
