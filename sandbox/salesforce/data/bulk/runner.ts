/** Works on Bulk API 2.0 jobs beside the calls, a step at a time: the next call never waits for more than one step. */
import type { Engine } from '../engine.ts';
import { asSalesforceError } from '../errors.ts';
import { BatchError, ingestJobSteps, leaveUnprocessed } from './ingest.ts';
import { nextJob, readJob, setState } from './jobs.ts';
import type { BulkJob } from './jobs.ts';
import { queryJobSteps } from './query.ts';

export interface JobRunner {
  /** Looks for work, once the transaction that asks is through. */
  wake(): void;
  stop(): void;
}

export function makeJobRunner(engineOf: () => Engine): JobRunner {
  let running = false;
  let stopped = false;

  async function run(): Promise<void> {
    const engine = engineOf();
    await nextTurn();
    while (!stopped && !engine.settings.jobsWait) {
      const job = nextJob(engine);
      if (!job) return;
      await runJob(engine, job);
    }
  }

  async function runJob(engine: Engine, job: BulkJob): Promise<void> {
    const steps = job.kind === 'query' ? queryJobSteps(engine, job) : ingestJobSteps(engine, job);
    if (job.state === 'UploadComplete') setState(engine, job.id, 'InProgress');
    for (let over = false; !over;) {
      await nextTurn();
      if (stopped) return;
      // Aborted or reset meanwhile.
      if (readJob(engine, job.id)?.state !== 'InProgress') return;
      over = engine.tx(() => step(engine, job, steps));
    }
  }

  return {
    wake() {
      if (running || stopped) return;
      running = true;
      void run().finally(() => {
        running = false;
      });
    },
    stop() {
      stopped = true;
    },
  };
}

/** True when the job is over. What a step had written before it failed stays, each record having its own result. */
function step(engine: Engine, job: BulkJob, steps: Generator<void, void>): boolean {
  try {
    if (!steps.next().done) return false;
    setState(engine, job.id, 'JobComplete');
  } catch (error) {
    setState(engine, job.id, 'Failed', error instanceof BatchError ? error.message : failureText(error));
  }
  return true;
}

function failureText(error: unknown): string {
  const { errorCode, message } = asSalesforceError(error);
  return `InvalidBatch : Failed to process query: ${errorCode}: ${message}`;
}

/** Ends a job whose turn has not come or is not over; what an ingest job had not written is unprocessed. */
export function abortJob(engine: Engine, job: BulkJob): void {
  setState(engine, job.id, 'Aborted');
  if (job.kind === 'ingest') leaveUnprocessed(engine, job);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
