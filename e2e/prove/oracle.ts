/** Counts by identity on all three sides, from records that none of our code has written for it. */
import type { Step } from './schedule.ts';

/** A text that the schedule handed over, with what it was told. */
export interface Handed {
  direction: 'inbound' | 'outbound';
  body: string;
  phone: string;
  ours: string;
  /** Outbound: the service's id once it was accepted; a problem code where it was refused for good. */
  id?: string;
  refused?: string;
  /** Every answer to the same request. */
  ids: string[];
}

export interface OrgRow {
  body: string;
  phone: string;
  ours: string;
  direction: string;
  sent: string;
  delivery: string;
  sequence: number;
  externalId: string;
}

export interface StatusMove {
  id: string;
  from: string;
  to: string;
}

export interface Facts {
  handed: readonly Handed[];
  org: readonly OrgRow[];
  /** Texts as each phone received them from each of our numbers, in order; the key is `phone ours`. */
  phones: ReadonlyMap<string, readonly string[]>;
  /** Every change of a message's status, in order, noted by the database itself. */
  moves: readonly StatusMove[];
  /** Token families that the org ended because an old token came again. */
  replayed: number;
  switches: readonly { from: string; cause: string }[];
  /** Service processes that ended by themselves. */
  deaths: readonly string[];
  waiting: number;
  held: number;
  /** Rows to look at where something still waits; the oracle does not judge them. */
  left?: Record<string, unknown[]> | undefined;
}

const RANK: Record<string, number> = { received: 9, queued: 0, sending: 1, unknown: 2, sent: 3, delivered: 4, undelivered: 4, failed: 4 };

/** Every broken promise in a sentence; empty where all were kept. */
export function broken(facts: Facts, steps: readonly Step[]): string[] {
  return [
    ...texts(facts),
    ...unknown(facts, steps),
    ...order(facts),
    ...statuses(facts),
    ...connections(facts, steps),
    ...released(facts),
    ...facts.deaths,
  ];
}

function* texts({ handed, org, phones }: Facts): Generator<string> {
  for (const text of handed) {
    const rows = org.filter(({ body }) => body === text.body);
    if (text.direction === 'inbound') {
      if (rows.length !== 1) yield `inbound "${name(text)}" is ${rows.length} times in the org`;
      continue;
    }
    const received = (phones.get(`${text.phone} ${text.ours}`) ?? []).filter((body) => body === text.body).length;
    if (new Set(text.ids).size > 1) yield `outbound "${name(text)}" got ${new Set(text.ids).size} ids under one key`;
    if (text.refused !== undefined) {
      if (rows.length + received > 0) yield `outbound "${name(text)}" was refused (${text.refused}) and is there all the same`;
      continue;
    }
    const [row] = rows;
    if (rows.length !== 1 || !row) {
      yield `outbound "${name(text)}" is ${rows.length} times in the org, ${received} times on the phone`;
      continue;
    }
    const status = `${row.sent}/${row.delivery}`;
    const allowed = row.sent === 'Sent' ? [1, 1] : row.sent === 'Unknown' ? [0, 1] : row.sent === 'Failed' ? [0, 0] : undefined;
    if (!allowed) yield `outbound "${name(text)}" ended as ${status}`;
    else if (received < (allowed[0] as number) || received > (allowed[1] as number))
      yield `outbound "${name(text)}" is ${status} and came ${received} times to the phone`;
  }
}

/** Faults after which nobody can know whether the carrier took a text. A graceful stop is none: it finishes what is under way. */
const HIDES_AN_ANSWER: ReadonlySet<string> = new Set([
  'submit-reply-lost',
  'submit-cut',
  'server-error',
  'slow-answer',
  'line-cut',
  'parts-reordered',
  'receipts-twice',
]);

function* unknown({ moves }: Facts, steps: readonly Step[]): Generator<string> {
  const doubted = new Set(moves.filter(({ to }) => to === 'unknown').map(({ id }) => id)).size;
  const reasons = steps.filter(
    (step) => diesInTheMiddle(step) || step.do === 'database' || ('fault' in step && HIDES_AN_ANSWER.has(step.fault)),
  );
  if (doubted > 0 && reasons.length === 0) yield `${doubted} texts were in doubt without a reason`;
}

function* order({ handed, org, phones }: Facts): Generator<string> {
  for (const [key, received] of phones) {
    const [phone, ours] = key.split(' ') as [string, string];
    const thread = org.filter((row) => row.phone === phone && row.ours === ours).sort((a, b) => a.sequence - b.sequence);
    const place = new Map(thread.map((row, index) => [row.body, index]));
    const known = received.filter((body) => handed.some((text) => text.body === body));
    const places = known.map((body) => place.get(body) ?? -1);
    if (places.some((each, index) => index > 0 && each <= (places[index - 1] as number)))
      yield `${key}: received out of order: ${known.join(' | ')}`;
    if (new Set(thread.map(({ sequence }) => sequence)).size !== thread.length) yield `${key}: two messages have one number in the thread`;
  }
}

function* statuses({ moves }: Facts): Generator<string> {
  for (const { id, from, to } of moves) {
    // What nobody knew may turn out either way; a person's "send again" is no part of a schedule.
    const back = (RANK[to] ?? -1) < (RANK[from] ?? 0) && !(from === 'sending' && to === 'queued');
    if (back || (RANK[from] === 4 && from !== to)) yield `message ${id} went from ${from} back to ${to}`;
  }
}

/** Faults after which a user cannot go on: only these may end in a switch. */
const ENDS_A_USER: ReadonlySet<string> = new Set([
  'revoke',
  'deactivate',
  'lock',
  'change-password',
  'strip-permission',
  'strip-field',
  'token-reply-lost',
  'session-storm',
]);

function* connections({ replayed, switches }: Facts, steps: readonly Step[]): Generator<string> {
  // Where nobody can know whether the org has taken a token, it is tried once more: only then may an old one come again.
  const doubts = steps.filter((step) => 'fault' in step && ['token-reply-lost', 'kill', 'crash'].includes(step.fault)).length;
  if (replayed > doubts) yield `${replayed} token families ended because an old token came again`;
  const reasons = steps.reduce((sum, step) => sum + switchesOf(step), 0);
  if (switches.length > reasons)
    yield `${switches.length} switches with a reason for ${reasons}: ${switches.map(({ cause }) => cause).join(', ')}`;
}

/** How often a fault may make another user main, at most: each user that it ends once. */
function switchesOf(step: Step): number {
  if (diesInTheMiddle(step)) return 1; // a token refresh may have been under way
  if (!('fault' in step) || !ENDS_A_USER.has(step.fault)) return 0;
  return (step.do === 'user' && step.who === 'all') || step.do === 'org' ? USERS_OF_THE_ORG : 1;
}

const USERS_OF_THE_ORG = 3;

const diesInTheMiddle = (step: Step) =>
  step.do === 'process' && (step.fault === 'kill' || step.fault === 'freeze' || step.fault === 'crash');

function* released({ waiting, held }: Facts): Generator<string> {
  if (waiting > 0) yield `${waiting} rows still wait`;
  if (held > 0) yield `${held} lanes are still held`;
}

const name = ({ body }: Handed) => body.slice(0, 24);
