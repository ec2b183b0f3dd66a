/** A process dies at every place that the service names, and every promise is kept. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS, describeSteps, type Act, type Step } from './prove/schedule.ts';
import { createWorlds } from './prove/worlds.ts';

const server = process.env['TEST_DATABASE_URL'];
const SERVICE = path.resolve(import.meta.dirname, '../service/src');

type Point = (typeof CRASH_POINTS)[number];

const everybody = [0, 1, 2, 3];
const texts: Act[] = everybody.flatMap((person): Act[] => [
  { do: 'inbound', carrier: 'twilio', person, long: false },
  { do: 'outbound', carrier: 'twilio', person, long: false, times: 1 },
  { do: 'outbound', carrier: 'smpp', person, long: false, times: 1 },
]);
const byMain = (fault: Extract<Act, { do: 'user' }>['fault']): Act => ({ do: 'user', fault, who: 'main', midBatch: false });

/** What makes a process come by a point. */
function reasons(point: Point): Act[] {
  if (point === 'broker.before-doubt-call') return [{ do: 'org', fault: 'token-reply-lost' }];
  if (point.startsWith('broker.')) return [byMain('expire-session')];
  if (point.startsWith('switch.')) return [byMain('revoke')];
  if (point.startsWith('accept.')) return [{ do: 'admin', button: 'reconnect' }];
  if (point.startsWith('register.')) return [{ do: 'admin', button: 'register' }];
  if (point.startsWith('make-main.')) return [{ do: 'admin', button: 'make-main' }];
  if (point.startsWith('remove.')) return [{ do: 'admin', button: 'remove' }];
  return [];
}

/** Both processes are to die there: the work goes to either. They should be up again, with the others' load, when the reason comes. */
const scheduleFor = (point: Point, reasonAt: number): Step[] => [
  ...[0, 1].map((index): Step => ({ at: 0, do: 'process', fault: 'crash', index, point })),
  ...reasons(point).map((act): Step => ({ at: reasonAt, ...act })),
  ...texts.map((act): Step => ({ at: reasonAt + 400, ...act })),
];
/** On a busy machine the first may be too early: faults are taken back before they met anything. */
const REASON_AT_MS = [4_000, 9_000, 15_000];

/** A user who was removed is missing in the schedules that follow. */
const inOrder = CRASH_POINTS.toSorted((a, b) => Number(a.startsWith('remove.')) - Number(b.startsWith('remove.')));

it('every fail-point of the service is among them', () => {
  const sources = globSync('**/*.ts', { cwd: SERVICE, exclude: (file) => file.includes('.test') });
  const named = sources.flatMap((file) =>
    [...readFileSync(path.join(SERVICE, file), 'utf8').matchAll(/failPoints\.hit\((?:'([^']+)'|`([^`]+)`)\)/g)].map(
      (hit) => hit[1] ?? (hit[2] as string),
    ),
  );
  // The lane of an org stands for all lanes: they share the engine. A first reading dies at its own points in directory/local/load.test.ts.
  const points = [...new Set(named.map((name) => name.replace('${purpose.name}', 'org')))].filter((name) => !name.startsWith('directory.'));
  expect(points.sort()).toEqual([...CRASH_POINTS].sort());
});

/** Most of a schedule is waiting: several go on side by side, each in worlds of its own. */
const SIDE_BY_SIDE = 3;

describe.skipIf(!server)('a crash (needs TEST_DATABASE_URL)', () => {
  const sides = Array.from({ length: SIDE_BY_SIDE }, () => ({ worlds: createWorlds(server as string), before: Promise.resolve() }));
  afterAll(() => Promise.all(sides.map(({ worlds }) => worlds.close())), 60_000);

  it.concurrent.each(inOrder)(
    'at %s',
    async (point) => {
      const side = sides[inOrder.indexOf(point) % SIDE_BY_SIDE] as (typeof sides)[number];
      const reached: string[] = [];
      const played = side.before.then(async () => {
        for (const reasonAt of REASON_AT_MS) {
          if (reached.includes(point)) break;
          const steps = scheduleFor(point, reasonAt);
          const { record } = await side.worlds.play(0, steps);
          expect(record.failures, describeSteps(steps)).toEqual([]);
          reached.push(...record.crashes);
        }
      });
      side.before = played.catch(() => undefined);
      await played;
      expect(reached).toContain(point);
    },
    400_000,
  );
});
