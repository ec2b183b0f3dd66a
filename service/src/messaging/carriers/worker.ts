import type { Clock } from '../../platform/clock.ts';
import { sleep } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { FailPoints } from '../../platform/fail-points.ts';
import { claimLane, guarded, LeaseLostError, releaseLease, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import { applyOutcome } from '../../platform/lanes/outbox.ts';
import type { Logger } from '../../platform/log.ts';
import type { Receipts } from '../receipts.ts';
import { saveAccountState } from '../store/accounts.ts';
import { changeStatuses, findSubmissions, type Submission } from '../store/messages.ts';
import { beginSubmission, countParts, markInDoubt, readQueue, requeue, type QueuedRow } from '../store/queue.ts';
import { CARRIER_LANE, type CarrierAccount, type CarrierState } from '../types.ts';
import { createNotes } from './notes.ts';
import { createPace } from './pace.ts';
import { retryOf, withPatience } from './retries.ts';
import type { CarrierSession, SessionEvents, SubmitResult } from './session.ts';
import { settleSubmission } from './settle.ts';

const LEASE_MS = 30_000;
const IDLE_MS = 500;
const IN_DOUBT =
  'The connection to the carrier ended before it answered. The message may have been sent; a receipt, the carrier or an admin settles it.';

const OPTED_OUT = { errorCode: 'opted_out', errorText: 'The person opted out before the message was sent.' };

export interface AccountWorkerOptions {
  account: CarrierAccount;
  db: Db;
  clock: Clock;
  owner: string;
  logger: Logger;
  failPoints: FailPoints;
  receipts: Receipts;
  open(events: SessionEvents): CarrierSession;
  /** Called after statuses changed, so that the org's lanes hurry. */
  wakeOrg(orgId: string): void;
}

export interface AccountWorker {
  wake(): void;
  /** Finishes what is under way and gives the account back. */
  stop(): Promise<void>;
  /** Ends when the lease is lost or given back; `refused` when the carrier refuses the account as a whole. */
  ended: Promise<'stopped' | 'refused'>;
}

/** Tries to become the one worker of a carrier account; undefined when another process has it. Throws when the account cannot be opened. */
export async function startAccountWorker(options: AccountWorkerOptions): Promise<AccountWorker | undefined> {
  const { account, db } = options;
  const lease = await claimLane(db, { orgId: account.orgId, purpose: CARRIER_LANE, key: account.id }, options.owner, LEASE_MS);
  if (!lease) return undefined;
  try {
    return await workOn(options, lease);
  } catch (error) {
    await releaseLease(db, lease);
    throw error;
  }
}

async function workOn(options: AccountWorkerOptions, lease: Lease): Promise<AccountWorker> {
  const { account, db, logger } = options;
  const doubted = await guarded(db, lease, (tx) => markInDoubt(tx, account.orgId, account.id, IN_DOUBT));
  if (doubted > 0) options.wakeOrg(account.orgId);

  const stopping = new AbortController();
  let wakeUp = new AbortController();
  const states = createNotes<{ state: CarrierState; text: string }>({
    write: ({ state, text }) => saveAccountState(db, account.orgId, account.id, state, text),
    failed: (error) => logger.warn({ err: error }, 'the state of a carrier account could not be noted; it is tried again'),
  });
  const session = options.open({
    onState: (state, text) => states.note({ state, text }),
  });
  const pace = createPace(account.ratePerSecond);
  const inFlight = new Map<string, Promise<void>>();
  let refusedAccount = false;

  const ended = work()
    .finally(async () => {
      clearInterval(renewing);
      await session.close();
      await Promise.all([...inFlight.values(), states.end()]);
      await releaseLease(db, lease);
    })
    .then(() => (refusedAccount ? ('refused' as const) : ('stopped' as const)));
  const renewing = setInterval(() => {
    renewLease(db, lease, LEASE_MS).then(
      (kept) => kept || stopping.abort(),
      (error: unknown) => logger.warn({ err: error }, 'a carrier lease could not be renewed; it is tried again'),
    );
  }, LEASE_MS / 4);

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      wakeUp = new AbortController();
      const started = await startDue().catch((error: unknown) => {
        logger.warn({ err: error }, 'the queue of a carrier account could not be read; it is tried again');
        return 0;
      });
      if (started === 0 || inFlight.size >= account.windowSize)
        await Promise.race([sleep(IDLE_MS, AbortSignal.any([stopping.signal, wakeUp.signal])), ...inFlight.values()]);
    }
  }

  /** Starts the next message of each conversation that has none under way, as far as the window allows. */
  async function startDue(): Promise<number> {
    const room = account.windowSize - inFlight.size;
    if (room <= 0) return 0;
    const rows = await readQueue(db, account.orgId, account.id, [...inFlight.keys()], room);
    if (rows.length === 0) return 0;
    const submissions = new Map(
      (
        await findSubmissions(
          db,
          account.orgId,
          rows.map((row) => row.messageId),
        )
      ).map((message) => [message.id, message]),
    );
    for (const row of rows) {
      const message = submissions.get(row.messageId);
      if (!message) continue;
      const one = submitOne(row, message, lease)
        .catch((error: unknown) => {
          if (error instanceof LeaseLostError) return stopping.abort();
          logger.error({ err: error, message: message.id }, 'a submission ended unexpectedly; the message is in doubt');
          return doubt(message.id);
        })
        .finally(() => {
          inFlight.delete(row.conversationId);
          wakeUp.abort();
        });
      inFlight.set(row.conversationId, one);
    }
    return rows.length;
  }

  /** Where not even that can be written, the account starts anew, which marks it as well. */
  async function doubt(messageId: string): Promise<void> {
    try {
      const doubted = await guarded(db, lease, (tx) => markInDoubt(tx, account.orgId, account.id, IN_DOUBT, messageId));
      if (doubted > 0) options.wakeOrg(account.orgId);
    } catch (error) {
      logger.warn({ err: error, message: messageId }, 'a message in doubt could not be marked; its account starts anew');
      stopping.abort();
    }
  }

  async function submitOne(row: QueuedRow, message: Submission, held: Lease): Promise<void> {
    await pace(stopping.signal);
    if (stopping.signal.aborted) return;
    const accepted = await begin(row, message, held).catch((error: unknown) => waitAgain(message.id, held, error));
    if (accepted === undefined) return;
    await options.failPoints.hit('carrier.before-submit');
    const result = withPatience(row, await session.submit(message, accepted));
    await options.failPoints.hit('carrier.after-submit');
    await keepTrying(() =>
      guarded(db, held, async (tx) => {
        const settled = await settleSubmission(tx, options.receipts, message, result, options.clock.now());
        await applyOutcome(tx, settled ? doneWith(row) : retryOf(row, result));
      }),
    );
    await options.failPoints.hit('carrier.after-settle');
    options.wakeOrg(account.orgId);
    if (result.kind === 'rejected' && result.scope === 'account') await holdAccount(result);
  }

  /**
   * Commits that the message is being sent, and tells how many of its parts the carrier took in earlier tries. Undefined when it must not
   * be sent any more, because the person opted out or it was settled otherwise.
   */
  async function begin(row: QueuedRow, message: Submission, held: Lease): Promise<number | undefined> {
    const accepted = await guarded(db, held, async (tx) => {
      const parts = message.segments > 1 ? await countParts(tx, account.orgId, message.id) : 0;
      if (await beginSubmission(tx, account.orgId, message, options.clock.now())) return parts;
      await changeStatuses(tx, [{ orgId: account.orgId, id: message.id, status: 'failed', from: ['queued'], ...OPTED_OUT }]);
      await applyOutcome(tx, doneWith(row));
      return undefined;
    });
    if (accepted === undefined) options.wakeOrg(account.orgId);
    return accepted;
  }

  /** It certainly did not leave: whether its beginning was committed or not, it waits for its turn again. */
  async function waitAgain(messageId: string, held: Lease, error: unknown): Promise<undefined> {
    if (error instanceof LeaseLostError) throw error;
    logger.warn({ err: error, message: messageId }, 'a submission could not be begun; it is tried again');
    await sleep(IDLE_MS, stopping.signal);
    await keepTrying(() => guarded(db, held, (tx) => requeue(tx, account.orgId, messageId)));
  }

  /** What became of it is known: while the lease may still stand, a database that is away must not turn that into *unknown*. */
  async function keepTrying(settle: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await settle();
        return;
      } catch (error) {
        if (error instanceof LeaseLostError || tries >= LEASE_MS / IDLE_MS) throw error;
        logger.warn({ err: error }, 'the outcome of a submission could not be stored; it is tried again');
        await sleep(IDLE_MS);
      }
    }
  }

  /** Every further message would be refused as well: they wait until an admin has mended the account. */
  async function holdAccount(result: Extract<SubmitResult, { kind: 'rejected' }>): Promise<void> {
    await saveAccountState(db, account.orgId, account.id, 'failed', result.text);
    refusedAccount = true;
    stopping.abort();
  }

  return {
    wake: () => wakeUp.abort(),
    async stop() {
      stopping.abort();
      await ended;
    },
    ended,
  };
}

function doneWith(row: QueuedRow) {
  return { done: [{ id: row.id, version: row.version }] };
}
