/** What happens in one schedule: traffic and faults, each at its moment. A seed gives the same schedule on every machine. */
import fc from 'fast-check';

export type CarrierKind = 'twilio' | 'smpp';

export const ORG_FAULTS = [
  'reply-lost', // the work was done, its answer is cut off
  'cut-before',
  'unavailable',
  'session-storm', // 401 to every call for a while
  'request-limit',
  'concurrent-limit',
  'row-lock',
  'refused',
  'slow',
  'very-slow',
  'token-reply-lost',
  'token-slow',
  'org-locked',
  'dns-failure',
  'poison-row', // a rule of the org refuses single records
  'missing-parent',
  'duplicate-external-id',
  'record-lock',
  'event-refused',
] as const;
export const USER_FAULTS = [
  'revoke',
  'deactivate',
  'lock',
  'change-password',
  'expire-session',
  'strip-permission',
  'strip-field',
] as const;
export const CARRIER_FAULTS = [
  'submit-reply-lost',
  'submit-cut',
  'throttled',
  'queue-full',
  'server-error',
  'slow-answer',
  'line-cut',
  'receipts-twice',
  'receipts-early',
  'receipts-late',
  'receipts-other-bind',
  'receipts-other-spelling',
  'deliver-cut',
  'webhook-lost',
] as const;
export const PROCESS_FAULTS = ['kill', 'freeze', 'stop', 'crash', 'clock-ahead', 'clock-behind'] as const;
/** `hung`: the connections that are open stay silent and are never cut; it takes too long for every run and is played by name. */
export const DATABASE_FAULTS = ['connections-ended', 'away', 'restarted', 'silent', 'hung'] as const;
/** What an administrator does to the user who is main, or to the last spare one. */
export const ADMIN_BUTTONS = ['make-main', 'remove', 'reconnect', 'register'] as const;

/** Where a process dies as by `kill -9` when it comes by. */
export const CRASH_POINTS = [
  'carrier.before-submit',
  'carrier.after-submit',
  'carrier.after-settle',
  'lane.org.before-run',
  'lane.org.before-settle',
  'lane.org.after-settle',
  'broker.before-call',
  'broker.after-call',
  'broker.before-store',
  'broker.after-store',
  'broker.before-doubt-call',
  'switch.before-commit',
  'switch.after-commit',
  'accept.before-store',
  'accept.after-commit',
  'accept.after-revoke',
  'register.after-commit',
  'register.after-revoke',
  'make-main.after-probe',
  'remove.before-revoke',
  'remove.after-revoke',
] as const;

/** In a drawn schedule nobody presses a button, so that no process would come by. */
const ONLY_BY_A_BUTTON = /^(make-main|remove)\./;

export type Act =
  | { do: 'inbound'; carrier: CarrierKind; person: number; long: boolean }
  /** `times`: the same request with the same key, all at once. */
  | { do: 'outbound'; carrier: CarrierKind; person: number; long: boolean; times: number }
  /** A text in a webhook that arrives this many times at once. */
  | { do: 'webhook'; person: number; times: number }
  | { do: 'stop'; carrier: CarrierKind; person: number }
  | { do: 'org'; fault: (typeof ORG_FAULTS)[number] }
  | { do: 'user'; fault: (typeof USER_FAULTS)[number]; who: 'main' | 'spare' | 'all'; midBatch: boolean }
  | { do: 'carrier'; fault: (typeof CARRIER_FAULTS)[number] }
  /**
   * `update`: another version of the service makes way for the checkout's own. `freeze-long`: for longer than a carrier waits for a reply; it
   * takes too long for every run and is played by name.
   */
  | {
      do: 'process';
      fault: (typeof PROCESS_FAULTS)[number] | 'update' | 'freeze-long';
      index: number;
      point: (typeof CRASH_POINTS)[number];
    }
  | { do: 'database'; fault: (typeof DATABASE_FAULTS)[number] }
  | { do: 'admin'; button: (typeof ADMIN_BUTTONS)[number] };

/** `at`: milliseconds since the schedule began. */
export type Step = Act & { at: number };

export const PEOPLE = 4;
/** Everything happens within this time. */
export const LENGTH_MS = 2_500;

const person = fc.nat({ max: PEOPLE - 1 });
const carrier = fc.constantFrom<CarrierKind>('twilio', 'smpp');
const at = fc.nat({ max: LENGTH_MS });
const timed = (act: fc.Arbitrary<Act>): fc.Arbitrary<Step> => fc.tuple(at, act).map(([when, what]) => ({ ...what, at: when }));
const times = fc.constantFrom(1, 1, 1, 2, 5);
const long = fc.constantFrom(false, false, false, true);
const what = <T extends string>(...kinds: T[]) => fc.constantFrom(...kinds);

const traffic = fc.oneof(
  { weight: 6, arbitrary: timed(fc.record({ do: what('inbound'), carrier, person, long })) },
  { weight: 8, arbitrary: timed(fc.record({ do: what('outbound'), carrier, person, long, times })) },
  { weight: 1, arbitrary: timed(fc.record({ do: what('webhook'), person, times: fc.constantFrom(2, 10, 100) })) },
  { weight: 1, arbitrary: timed(fc.record({ do: what('stop'), carrier, person: fc.constant(0) })) },
);
const faults = fc.oneof(
  { weight: 4, arbitrary: timed(fc.record({ do: what('org'), fault: fc.constantFrom(...ORG_FAULTS) })) },
  {
    weight: 4,
    arbitrary: timed(
      fc.record({
        do: what('user'),
        fault: fc.constantFrom(...USER_FAULTS),
        who: what('main', 'main', 'main', 'spare', 'spare', 'all'),
        midBatch: fc.boolean(),
      }),
    ),
  },
  { weight: 4, arbitrary: timed(fc.record({ do: what('carrier'), fault: fc.constantFrom(...CARRIER_FAULTS) })) },
  {
    weight: 3,
    arbitrary: timed(
      fc.record({
        do: what('process'),
        fault: fc.constantFrom(...PROCESS_FAULTS),
        index: fc.nat({ max: 1 }),
        point: fc.constantFrom(...CRASH_POINTS.filter((each) => !ONLY_BY_A_BUTTON.test(each))),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: timed(
      // Ten seconds of silence are long: few of them.
      fc.record({
        do: what('database'),
        fault: what('connections-ended', 'connections-ended', 'away', 'away', 'restarted', 'restarted', 'silent'),
      }),
    ),
  },
);

export const schedules: fc.Arbitrary<Step[]> = fc
  .tuple(fc.array(traffic, { minLength: 4, maxLength: 24 }), fc.array(faults, { minLength: 0, maxLength: 4 }))
  .map(([texts, harm]) => [...texts, ...harm].sort((a, b) => a.at - b.at));

/** The schedule of a seed. */
export const scheduleOf = (seed: number): Step[] => fc.sample(schedules, { seed, numRuns: 1 })[0] as Step[];

/** One line for each step, for a report of a failure. */
export function describeSteps(steps: readonly Step[]): string {
  return steps.map(({ at: when, ...act }) => `${String(when).padStart(5)} ms  ${Object.values(act).join(' ')}`).join('\n');
}
