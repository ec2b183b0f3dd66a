/**
 * The service with one of its mechanisms taken out, to show that the oracle would see it missing. Each change must fit the code exactly, so that a
 * mechanism that was rewritten fails here first.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Act, Step } from './schedule.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Edit {
  /** Below `service/src`. */
  file: string;
  find: string;
  replace: string;
}

export interface Mutation {
  /** What is taken out. */
  mechanism: string;
  edits: Edit[];
  /** Traffic and a fault that need it. */
  steps: Step[];
  /** What the oracle says then: a broken promise of the kind that this mechanism keeps, and no other. */
  seen: RegExp;
}

const at = (when: number, act: Act): Step => ({ ...act, at: when });
const outbound = (when: number, person: number, carrier: 'twilio' | 'smpp' = 'smpp') =>
  at(when, { do: 'outbound', carrier, person, long: false, times: 1 });
const inbound = (when: number, person: number) => at(when, { do: 'inbound', carrier: 'twilio', person, long: false });
const smppText = (when: number, person: number, long: boolean) => at(when, { do: 'inbound', carrier: 'smpp', person, long });
const everybody = [0, 1, 2, 3];

const SHIFT_MS = 60;

/** The same schedule with each step a little later or not; a seed gives the same one on every machine, 0 the schedule itself. */
export const shifted = (steps: readonly Step[], seed: number): Step[] =>
  steps.map((step, index) => ({ ...step, at: step.at + ((seed * (index + 1) * 37) % SHIFT_MS) })).toSorted((a, b) => a.at - b.at);

export const MUTATIONS: readonly Mutation[] = [
  {
    mechanism: 'the lease: one worker for each lane',
    edits: [
      {
        file: 'platform/lanes/lease.ts',
        find: 'where (lane.lease_until is null or lane.lease_until < now()) and (lane.held_until is null or lane.held_until <= now())',
        replace: 'where lane.held_until is null or lane.held_until <= now()',
      },
      { file: 'messaging/carriers/supervisor.ts', find: 'if (account.taken || ', replace: 'if (' },
    ],
    steps: Array.from({ length: 30 }, (_, index) => index * 97).flatMap((when) => everybody.map((person) => outbound(when, person))),
    seen: /in doubt without a reason|received out of order|came 2 times/,
  },
  {
    mechanism: 'the generation guard: nothing is written by a worker whose lease somebody else has',
    edits: [
      { file: 'platform/lanes/lease.ts', find: '    if (rows.length === 0) throw new LeaseLostError(lease);\n', replace: '' },
      {
        file: 'messaging/carriers/worker.ts',
        find: '(kept) => kept || stopping.abort(),',
        replace: '() => undefined,',
      },
    ],
    steps: [
      at(0, { do: 'process', fault: 'freeze', index: 0, point: 'carrier.before-submit' }),
      at(1_400, { do: 'process', fault: 'freeze', index: 1, point: 'carrier.before-submit' }),
      at(2_800, { do: 'carrier', fault: 'slow-answer' }),
      ...[2_900, 2_950, 3_000, 3_050, 3_100, 3_150].flatMap((when) => everybody.map((person) => outbound(when, person))),
    ],
    seen: /received out of order|came 2 times|in doubt without|back to/,
  },
  {
    mechanism: 'the version check: what changed while it was being sent is sent again',
    edits: [
      {
        file: 'platform/lanes/outbox.ts',
        find: 'where outbox.id = sent.id and outbox.version = sent.version`',
        replace: 'where outbox.id = sent.id`',
      },
    ],
    // The first texts find out whose the numbers are; a call for the second ones writes nothing but them.
    steps: [
      ...everybody.flatMap((person) => [outbound(0, person), outbound(0, person, 'twilio')]),
      at(1_500, { do: 'org', fault: 'slow' }),
      ...everybody.flatMap((person) => [outbound(1_600, person), outbound(1_600, person, 'twilio')]),
    ],
    seen: /ended as (Queued|Sending)/,
  },
  {
    mechanism: 'the epoch: of all who find the main user dead one switches',
    edits: [
      { file: 'connections/failover.ts', find: "        if (now.mainEpoch !== seen.mainEpoch) return 'raced';\n", replace: '' },
      {
        file: 'connections/failover.ts',
        find: 'switchMain(tx, orgId, seen.mainEpoch, clock.now())',
        replace: 'switchMain(tx, orgId, now.mainEpoch, clock.now())',
      },
    ],
    steps: [
      ...everybody.map((person) => inbound(0, person)),
      at(500, { do: 'user', fault: 'revoke', who: 'main', midBatch: false }),
      ...[510, 700, 900].flatMap((when) => everybody.flatMap((person) => [inbound(when, person), outbound(when, person)])),
    ],
    seen: /switches with a reason for 1/,
  },
  {
    mechanism: 'the intent before a submission: what a crash left in between is not sent again',
    edits: [
      {
        file: 'messaging/store/queue.ts',
        find: '  const one = messageId ? sql`and id = ${messageId}` : sql``;\n',
        replace:
          "  const one = messageId ? sql`and id = ${messageId}` : sql``;\n  if (!messageId) {\n    await sql`update message set status = 'queued' where org_id = ${orgId} and account_id = ${accountId} and status = 'sending'`.execute(tx);\n    return 0;\n  }\n",
      },
    ],
    steps: [
      ...[0, 1].map((index) => at(0, { do: 'process', fault: 'crash', index, point: 'carrier.after-submit' })),
      ...[2_000, 2_400].flatMap((when) => everybody.flatMap((person) => [outbound(when, person), outbound(when, person, 'twilio')])),
    ],
    seen: /came [2-9] times/,
  },
  {
    mechanism: 'the intent before a token refresh: one refresh token is used once',
    edits: [
      {
        file: 'connections/store/tokens.ts',
        find: "set refresh_intent = token_generation, refresh_claim = ${claim}, refresh_until = now() + ${leaseMs} * interval '1 millisecond'\n        where org_id = ${orgId} and id = ${id} and token_generation = ${generation} and refresh_intent is null",
        replace: 'set refresh_claim = ${claim}\n        where org_id = ${orgId} and id = ${id} and token_generation = ${generation}',
      },
    ],
    steps: [
      ...everybody.map((person) => inbound(0, person)),
      at(600, { do: 'org', fault: 'token-slow' }),
      ...everybody.map((person) => inbound(650, person)),
      // Another process takes the lanes over while the first one's refresh is under way.
      at(900, { do: 'process', fault: 'freeze', index: 0, point: 'broker.before-call' }),
    ],
    seen: /old token came again/,
  },
  {
    mechanism: 'the queues of a person, at the line and at the intake: texts are stored one after the other',
    edits: [
      {
        file: 'gateways/smpp/inbound.ts',
        find: '(queues.get(key) ?? Promise.resolve()).then(task)',
        replace: 'Promise.resolve().then(task)',
      },
      { file: 'messaging/intake.ts', find: 'const behind = new Set(queue.busy);', replace: 'const behind = new Set<string>();' },
      { file: 'messaging/intake.ts', find: '        behind.add(from);\n', replace: '' },
    ],
    // A long text takes more statements than the short one behind it on the same line.
    steps: [
      ...everybody.map((person) => smppText(0, person, false)),
      ...[1_000, 2_000].flatMap((when) => everybody.flatMap((person) => [smppText(when, person, true), smppText(when, person, false)])),
    ],
    seen: /the org is out of order/,
  },
];

export interface Mutant {
  /** The entry file of the changed copy. */
  main: string;
  remove(): void;
}

/** A copy of the service with these edits. Throws when one does not fit. */
export function makeMutant(edits: readonly Edit[]): Mutant {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mutant-'));
  cpSync(path.join(ROOT, 'service'), path.join(folder, 'service'), { recursive: true });
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  mkdirSync(path.join(folder, 'docs'));
  for (const each of ['force-app', 'node_modules', 'docs/errors']) symlinkSync(path.join(ROOT, each), path.join(folder, each));
  for (const { file, find, replace } of edits) {
    const where = path.join(folder, 'service/src', file);
    const source = readFileSync(where, 'utf8');
    if (source.split(find).length !== 2)
      throw new Error(`${file} holds what is to be taken out ${source.split(find).length - 1} times: ${find}`);
    writeFileSync(
      where,
      source.replace(find, () => replace),
    );
  }
  return { main: path.join(folder, 'service/src/main.ts'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
