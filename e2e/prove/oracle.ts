/** Counts by identity on all three sides, from records that none of our code has written for it. */
import type { Facts, Handed } from './facts.ts';
import { doubts } from './oracle-doubts.ts';
import { order } from './oracle-order.ts';
import { parkedRows } from './oracle-parked.ts';
import { strays } from './oracle-strays.ts';
import type { Step } from './schedule.ts';

const RANK: Record<string, number> = { received: 9, queued: 0, sending: 1, unknown: 2, sent: 3, delivered: 4, undelivered: 4, failed: 4 };

/** Every broken promise in a sentence; empty where all were kept. */
export function broken(facts: Facts, steps: readonly Step[]): string[] {
  return [
    ...texts(facts),
    ...doubts(facts),
    ...order(facts, steps),
    ...parkedRows(facts, steps),
    ...strays(facts),
    ...statuses(facts),
    ...connections(facts, steps),
    ...released(facts),
    ...facts.deaths,
  ];
}

function* texts(facts: Facts): Generator<string> {
  const { handed, org, phones, stopped } = facts;
  for (const text of handed) {
    const rows = org.filter(({ body }) => body === text.body);
    if (text.direction === 'inbound') {
      if (rows.length !== 1) yield `inbound "${name(text)}" is ${rows.length} times in the org`;
      continue;
    }
    const received = (phones.get(`${text.phone} ${text.ours}`) ?? []).filter((body) => body === text.body).length;
    if (new Set(text.ids).size > 1) yield `outbound "${name(text)}" got ${new Set(text.ids).size} ids under one key`;
    // Of copies of a request that come at the very moment of a STOP one may be refused and another one accepted: then nothing is sent.
    const isRefused = text.refused !== undefined && !(text.refused === 'opted_out' && text.ids.length > 0 && isStillborn(facts, text));
    if (isRefused) {
      if (!stopped.has(text.phone)) yield `outbound "${name(text)}" was refused (${text.refused}) without a reason`;
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
    if (row.sent === 'Failed' && !mayFail(facts, text)) yield `outbound "${name(text)}" failed without a reason`;
    // Every phone of a schedule can be reached: a carrier says so in the end, or nothing.
    if (row.delivery === 'Failed' || row.delivery === 'Undelivered') yield `outbound "${name(text)}" is ${status} without a reason`;
  }
}

/** It never got as far as being submitted: the STOP was there before its turn. */
function isStillborn({ moves }: Facts, { ids }: Handed): boolean {
  const own = moves.filter(({ id }) => ids.includes(id));
  return own.length > 0 && own.every(({ to }) => to === 'failed');
}

/** No fault of a schedule makes a carrier refuse a text for good: only a STOP before its turn does. */
function mayFail({ stopped, moves }: Facts, { phone, ids }: Handed): boolean {
  const stop = stopped.get(phone);
  const failed = moves.findLast(({ id, to }) => ids.includes(id) && to === 'failed');
  return stop !== undefined && failed !== undefined && stop <= failed.at;
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
  const doubts = steps.filter(leavesTokenInDoubt).length;
  if (replayed > doubts) yield `${replayed} token families ended because an old token came again`;
  const reasons = steps.reduce((sum, step) => sum + switchesOf(step), 0);
  if (switches.length > reasons)
    yield `${switches.length} switches with a reason for ${reasons}: ${switches.map(({ cause }) => cause).join(', ')}`;
}

/** Points at which a token was used and its successor is not stored. */
const TOKEN_POINTS: ReadonlySet<string> = new Set([
  'broker.before-call',
  'broker.after-call',
  'broker.before-store',
  'broker.before-doubt-call',
]);

const leavesTokenInDoubt = (step: Step) =>
  'fault' in step &&
  (step.fault === 'token-reply-lost' ||
    step.fault === 'kill' ||
    (step.fault === 'crash' && step.do === 'process' && TOKEN_POINTS.has(step.point)));

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
