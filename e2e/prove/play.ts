/** Plays one schedule, takes every fault back, waits until nothing is under way and gathers what is on all sides. */
import { healCarrier, healOrg } from './faults.ts';
import { gather, marksOf, orgRows } from './gather.ts';
import { harm } from './harm.ts';
import { createHelps, type Helps } from './helps.ts';
import type { Facts, Outage } from './facts.ts';
import type { Step } from './schedule.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { USERS, type World } from './world.ts';

/** The service's own pauses last up to a minute; whatever waits longer is turned forward. */
const GIVE_UP_MS = 120_000;
/** A bit longer than the pause between two looks into a carrier's list. */
const LATE_MS = 2_300;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** `number` must be another one for each schedule of a world. */
export async function playSchedule(world: World, steps: readonly Step[], number: number): Promise<Facts> {
  const marks = await marksOf(world);
  const traffic = createTraffic(world, number);
  const helps = createHelps(world);
  const outages: Outage[] = [];
  const began = Date.now();
  const texts: Promise<unknown>[] = [];
  const harms: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  try {
    for (const { at, ...act } of steps) {
      await sleep(Math.max(0, began + at - Date.now()));
      const isText = act.do === 'inbound' || act.do === 'outbound' || act.do === 'webhook' || act.do === 'stop';
      const done = isText ? traffic.play(act) : harm(world, act, outages);
      (isText ? texts : harms).push(done.catch((error: unknown) => failures.push(error)));
    }
    await sleep(300); // what the last fault hits is under way
    await Promise.all(harms);
    const hidden = await heal(world, helps);
    const settling = Date.now();
    for (;;) {
      const quiet = await settle(world, traffic, helps, { under: Promise.all(texts), began: settling });
      if (failures.length > 0) throw new AggregateError(failures, 'the proof itself failed');
      const facts = await gather(world, { traffic, helps, outages, hidden }, marks);
      // A late receipt may come between the last look and the gathering; it has its time as well.
      if (quiet && facts.waiting + facts.held > 0) continue;
      // What it was to die of, and whose grant has ended unnoticed, belongs to no later schedule.
      await world.processes.disarm();
      await world.restoreGrants();
      return facts;
    }
  } finally {
    traffic.close();
  }
}

/** Takes every fault back. Tells how many answers the carriers' faults have hidden. */
async function heal(world: World, helps: Helps): Promise<Facts['hidden']> {
  await healOrg(world.salesforce, USERS);
  const hidden = await healCarrier(world.carrier, world.setWebhook);
  await helps.startAgain('a fault of the schedule had ended or frozen it');
  return hidden;
}

/** Waits until nothing is under way, and helps where waiting is of no use; false when that took too long since `began`. */
async function settle(
  world: World,
  traffic: Traffic,
  helps: Helps,
  { under, began }: { under: Promise<unknown>; began: number },
): Promise<boolean> {
  let answered = false;
  void under.then(() => (answered = true));
  for (;;) {
    await sleep(250);
    await helps.startAgain('it came by its fail-point after the faults were over');
    await helps.give();
    const took = Date.now() - began;
    if (took > 1_000 && answered && (await isQuiet(world, traffic)) && (await staysQuiet(world, traffic))) return true;
    if (took > GIVE_UP_MS) {
      traffic.giveUp();
      return false;
    }
  }
}

async function isQuiet(world: World, traffic: Traffic): Promise<boolean> {
  const [left] = await world.rows<{ rows: number; texts: number; doubts: number }>(
    `select (select count(*)::int from outbox) as rows, (select count(*)::int from message where status in ('queued', 'sending')) as texts,
      (select count(*)::int from connected_user where in_doubt and not token_dead) as doubts`,
  );
  if (!left || left.rows + left.texts + left.doubts > 0) return false;
  const { waiting, planned } = (await world.carrier('GET', '/smsc')) as { waiting: number; planned: number };
  if (waiting + planned > 0) return false;
  const bodies = new Set(orgRows(world).map(({ body }) => body));
  if (traffic.stops.size > 0 && !bodies.has('STOP')) return false;
  return traffic.handed.every(({ body, refused }) => refused !== undefined || bodies.has(body));
}

/**
 * What comes late comes by now: receipts that are on their way, and texts that the service finds in a carrier's list, which it reads every two
 * seconds here. What the carrier never tells stays as it is.
 */
async function staysQuiet(world: World, traffic: Traffic): Promise<boolean> {
  const state = async () => {
    const [row] = await world.rows<{ text: string }>(
      `select count(*) filter (where status = 'sent') || '/' || count(*) as text from message`,
    );
    return row?.text;
  };
  const before = await state();
  await sleep(LATE_MS);
  return (await isQuiet(world, traffic)) && (await state()) === before;
}
