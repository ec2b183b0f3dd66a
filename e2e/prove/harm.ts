/** How each fault of a schedule is brought about, and when it could have hidden from the service what became of a submission. */
import pg from 'pg';
import { CUTS_THE_LINE, harmCarrier, harmOrg, harmUser, MID_BATCH_MS, slowDown } from './faults.ts';
import { moment } from './moment.ts';
import type { Outage } from './facts.ts';
import type { Act } from './schedule.ts';
import { USERS, type World } from './world.ts';

const FROZEN_MS = 900;
/** The sandbox's carrier waits ten seconds for a reply to what it hands over. */
const LONG_FROZEN_MS = 10_800;
const AWAY_MS = 1_200;
const RESTART_MS = 2_000;
const SILENT_MS = 10_000;
/** The service gives a silent connection up within this. */
const HUNG_MS = 45_000;
const LOST_ADDRESS_MS = 1_500;
const JUMP_SECONDS = 3_600;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when the fault is over or, where it lasts until it is taken back, when it is there. */
export async function harm(world: World, act: Act, outages: Outage[]): Promise<void> {
  const from = moment();
  await bringAbout(world, act, outages);
  const what = 'fault' in act ? `${act.do} ${act.fault}` : '';
  if (act.do === 'database') outages.push({ what, from, to: moment() });
  if (act.do === 'carrier' && CUTS_THE_LINE.has(act.fault)) outages.push({ what, from, to: moment(), carrier: 'smpp' });
}

async function bringAbout(world: World, act: Act, outages: Outage[]): Promise<void> {
  if (act.do === 'org' && act.fault === 'dns-failure') await world.loseAddress(LOST_ADDRESS_MS);
  else if (act.do === 'org') await harmOrg(act.fault, world.salesforce, USERS);
  if (act.do === 'carrier') await harmCarrier(act.fault, world.carrier, world.setWebhook);
  if (act.do === 'user') {
    const [main] = await world
      .rows<{ username: string }>('select u.username from org_link l join connected_user u on u.id = l.main_id')
      .catch(() => []);
    if (act.midBatch) {
      await slowDown(world.salesforce);
      await sleep(MID_BATCH_MS / 2);
    }
    for (const name of targets(act.who, main?.username ?? USERS[0])) await harmUser(act.fault, name, world.salesforce);
  }
  if (act.do === 'process') await harmProcess(world, act, outages);
  if (act.do === 'database') await harmDatabase(world, act.fault);
  if (act.do === 'admin') await world.pressAsAdmin(act.button);
}

function targets(who: Extract<Act, { do: 'user' }>['who'], main: string): readonly string[] {
  if (who === 'all') return USERS;
  return who === 'main' ? [main] : USERS.filter((user) => user !== main).slice(0, 1);
}

type ProcessAct = Extract<Act, { do: 'process' }>;

/** What happens to one process happens one after the other: two of it would fight for its port. */
const harmProcess = (world: World, act: ProcessAct, outages: Outage[]) =>
  world.processes.inTurn(act.index, () => harmOne(world, act, outages));

async function harmOne({ processes, endLeases }: World, { fault, index, point }: ProcessAct, outages: Outage[]): Promise<void> {
  if (fault === 'kill') await processes.kill(index);
  if (fault === 'stop') await processes.stop(index);
  if (fault === 'update') await processes.update(index);
  if (fault === 'clock-ahead' || fault === 'clock-behind')
    await processes.jump(index, fault === 'clock-ahead' ? JUMP_SECONDS : -JUMP_SECONDS);
  if (fault === 'crash') {
    await processes.stop(index);
    await processes.start(index, { FAIL_POINTS: `${point}=crash` });
  }
  if (fault === 'freeze' || fault === 'freeze-long') {
    const forMs = fault === 'freeze' ? FROZEN_MS : LONG_FROZEN_MS;
    const from = moment();
    processes.freeze(index);
    await sleep(forMs / 2);
    // Others take over what it holds; then it goes on.
    if (fault === 'freeze') await endLeases().catch(() => undefined);
    await sleep(forMs / 2);
    processes.thaw();
    outages.push({ what: `process ${fault}`, from, to: moment() });
  }
}

async function harmDatabase(
  { server, databaseName, link, restartServer }: World,
  fault: Extract<Act, { do: 'database' }>['fault'],
): Promise<void> {
  if (fault === 'restarted') return restartServer ? restartServer() : link.restart(RESTART_MS);
  if (fault === 'silent') return link.silence(SILENT_MS);
  if (fault === 'hung') {
    link.hang();
    await sleep(HUNG_MS);
    return;
  }
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    if (fault === 'away') await client.query(`alter database ${databaseName} with allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [databaseName]);
    if (fault === 'away') await sleep(AWAY_MS);
  } finally {
    await client.query(`alter database ${databaseName} with allow_connections true`);
    await client.end();
  }
}
