import { sql } from 'kysely';
import { sleep, type Clock } from '../clock.ts';
import { onceMoreWhenContended } from '../db/contention.ts';
import type { Db, Tx } from '../db/database.ts';
import type { FailPoints } from '../fail-points.ts';
import type { Logger } from '../log.ts';
import { claimLane, guarded, LeaseLostError, releaseLease, renewLease, type Lease } from './lease.ts';
import { applyOutcome, readDue, type LaneAddress, type OutboxRow, type Outcome } from './outbox.ts';
import { createLoopTime } from '../loop-time.ts';
import { createTurns } from './turns.ts';

export interface LaneBatch {
  lease: Lease;
  rows: OutboxRow[];
  /** Fires when the process is stopping: finish what was begun, begin nothing new. */
  signal: AbortSignal;
  /**
   * Writes what became of the rows, together with `also`, only if the lease still stands (LeaseLostError otherwise). `also` comes first:
   * whoever changes a record locks the record and then its outbox row, so it must be the same order here. It may run twice.
   */
  settle(outcome: Outcome, also?: (tx: Tx) => Promise<void>): Promise<void>;
  /** Makes the lease as long as at its beginning; call it before every outside call. LeaseLostError when it is somebody else's. */
  renew(): Promise<void>;
}

export interface LanePurpose {
  name: string;
  batchSize: number;
  /** The longest that a step of `run` may take, up to its next `renew`: afterwards the lane is anybody's, although its worker lives. */
  leaseMs: number;
  run(batch: LaneBatch): Promise<void>;
}

export interface LaneEngine {
  /** Says that rows were committed to this lane. Debounced; losing it costs half a second, never a row. */
  wake(lane: LaneAddress): void;
  start(): void;
  /** Claims nothing more and waits for what is running. */
  stop(): Promise<void>;
}

export interface LaneEngineOptions {
  db: Db;
  clock: Clock;
  purposes: LanePurpose[];
  owner: string;
  logger: Logger;
  failPoints: FailPoints;
  sweepMs?: number;
  debounceMs?: number;
  /** Lanes worked on at once by this process, shared among the orgs (turns.ts). They mostly wait for peers: keep it large. */
  maxLanes?: number;
  /** A peer that lets a batch wait for longer than this is slow. */
  slowMs?: number;
  /** A lane whose process died is free after this; a living one renews its leases while it works. Longer than a single call to an org. */
  longestLeaseMs?: number;
}

const FAULT_PAUSE_MS = 2_000;
/** An org has four lanes for its messages; whoever has more must not fill the places alone. */
const LANES_OF_PEER = 8;
/** About so many statements go with a batch: what they take is our own slowness (a busy process or database), not the peer's. */
const STATEMENTS_OF_BATCH = 15;

/** Works lanes: woken in-process after a commit and by a sweep every half second. */
export function createLaneEngine(options: LaneEngineOptions): LaneEngine {
  const {
    db,
    clock,
    owner,
    logger,
    failPoints,
    sweepMs = 500,
    debounceMs = 5,
    maxLanes = 256,
    slowMs = 3_000,
    longestLeaseMs = 30_000,
  } = options;
  const purposes = new Map(options.purposes.map((purpose) => [purpose.name, purpose]));
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const loopTime = createLoopTime();
  const turns = createTurns<LaneAddress>({ most: maxLanes, mostOfPeer: LANES_OF_PEER, slowMs, now: loopTime.now });
  const woken = new Map<string, LaneAddress>();
  const stopping = new AbortController();
  let debounce: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;

  function ask(lane: LaneAddress): void {
    const id = `${lane.orgId}/${lane.purpose}/${lane.key}`;
    if (running.has(id)) again.add(id);
    else if (purposes.has(lane.purpose)) turns.ask(id, `${lane.orgId}/${lane.purpose}`, lane);
  }

  /** Begins what may begin: after somebody asked, after a lane ended, and with every sweep, because time alone makes an org slow. */
  function beginNext(): void {
    if (stopping.signal.aborted) return;
    for (let turn = turns.next(); turn; turn = turns.next()) begin(turn.id, turn.lane);
  }

  function begin(id: string, lane: LaneAddress): void {
    // Who is to make room comes again when the others have had their turn.
    const makeRoom = (oursMs: number, held: boolean) => turns.progress(id, oursMs, held) && Boolean(again.add(id));
    const work = runLane(purposes.get(lane.purpose) as LanePurpose, lane, makeRoom)
      .catch((error: unknown) => {
        if (!(error instanceof LeaseLostError))
          logger.error({ err: error, purpose: lane.purpose, org: lane.orgId }, 'a lane stopped; its rows come again');
      })
      .finally(() => {
        running.delete(id);
        turns.end(id);
        if (again.delete(id)) ask(lane);
        beginNext();
      });
    running.set(id, work);
  }

  async function runLane(purpose: LanePurpose, lane: LaneAddress, makeRoom: (oursMs: number, held: boolean) => boolean): Promise<void> {
    const leaseMs = Math.min(purpose.leaseMs, longestLeaseMs);
    const lease = await claimLane(db, lane, owner, leaseMs);
    if (!lease) return;
    let renewedAt = performance.now();
    const renew = async () => {
      if (!(await renewLease(db, lease, leaseMs))) throw new LeaseLostError(lane);
      renewedAt = performance.now();
    };
    const beating = setInterval(() => {
      if (performance.now() - renewedAt < purpose.leaseMs - leaseMs) renewLease(db, lease, leaseMs).catch(() => {}); // the next one comes soon
    }, leaseMs / 4);
    let hold: Outcome['hold'];
    try {
      while (!stopping.signal.aborted && !hold) {
        const asked = performance.now();
        const rows = await readDue(db, lane, purpose.batchSize);
        const oursMs = (performance.now() - asked) * STATEMENTS_OF_BATCH;
        if (rows.length === 0) break;
        await failPoints.hit(`lane.${purpose.name}.before-run`);
        await purpose.run({
          lease,
          rows,
          signal: stopping.signal,
          renew,
          settle: async (outcome, also) => {
            await failPoints.hit(`lane.${purpose.name}.before-settle`);
            await onceMoreWhenContended(() =>
              guarded(db, lease, async (tx) => {
                await also?.(tx);
                await applyOutcome(tx, outcome);
              }),
            );
            await failPoints.hit(`lane.${purpose.name}.after-settle`);
            hold = outcome.hold;
          },
        });
        if (makeRoom(oursMs, hold !== undefined) || hold) break;
        await renew();
      }
    } catch (error) {
      hold ??= {
        until: new Date(clock.now().getTime() + FAULT_PAUSE_MS),
        code: 'internal_error',
        reason: 'The last try ended in an unexpected error.',
      };
      throw error;
    } finally {
      clearInterval(beating);
      await releaseLease(db, lease, hold);
    }
  }

  async function sweepForever(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        for (const lane of await dueLanes(db)) ask(lane);
        beginNext();
      } catch (error) {
        logger.warn({ err: error }, 'the sweep could not read the lanes; it tries again');
      }
      await sleep(sweepMs, stopping.signal);
    }
  }

  return {
    wake(lane) {
      woken.set(`${lane.orgId}/${lane.purpose}/${lane.key}`, lane);
      debounce ??= setTimeout(() => {
        debounce = undefined;
        const lanes = [...woken.values()];
        woken.clear();
        if (!sweeping) return;
        lanes.forEach(ask);
        beginNext();
      }, debounceMs);
    },
    start() {
      sweeping ??= sweepForever();
    },
    async stop() {
      clearTimeout(debounce);
      stopping.abort();
      await sweeping;
      await Promise.all(running.values());
      loopTime.stop();
    },
  };
}

/** Lanes with due rows that nobody works on: one index step per lane, however many rows wait. */
async function dueLanes(db: Db): Promise<LaneAddress[]> {
  const { rows } = await sql<LaneAddress>`
    with recursive waiting as (
      (select org_id, purpose, lane_key from outbox where state = 'waiting' order by org_id, purpose, lane_key limit 1)
      union all
      select next.org_id, next.purpose, next.lane_key
      from waiting cross join lateral (
        select org_id, purpose, lane_key from outbox
        where state = 'waiting' and (org_id, purpose, lane_key) > (waiting.org_id, waiting.purpose, waiting.lane_key)
        order by org_id, purpose, lane_key limit 1
      ) next
    )
    select waiting.org_id as "orgId", waiting.purpose, waiting.lane_key as key
    from waiting left join lane on lane.org_id = waiting.org_id and lane.purpose = waiting.purpose and lane.key = waiting.lane_key
    where (lane.lease_until is null or lane.lease_until < now()) and (lane.held_until is null or lane.held_until <= now())
      and exists (
        select 1 from outbox
        where outbox.org_id = waiting.org_id and outbox.purpose = waiting.purpose and outbox.lane_key = waiting.lane_key
          and outbox.state = 'waiting' and outbox.due_at <= now()
      )`.execute(db);
  return rows;
}
