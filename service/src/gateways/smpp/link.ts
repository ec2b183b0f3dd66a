import { randomInt } from 'node:crypto';
import { openBind } from './bind.ts';
import type { Bind } from './bind.ts';
import { createLoopTime } from '../../platform/loop-time.ts';
import { createInbound, report } from './inbound.ts';
import { createLimiter } from './limiter.ts';
import { submitMessage } from './submit.ts';
import type { LinkState, SmppHandlers, SmppLink, SmppOptions, StateChange } from './types.ts';

/**
 * A link to one carrier account: binds as transceiver, keeps the bind alive, binds again after a loss, and sends within window and rate.
 * Connecting starts at once; failures are states, never exceptions. The password and the messages never reach the log.
 */
export function connectSmpp(options: SmppOptions, handlers: SmppHandlers): SmppLink {
  const now = options.now ?? Date.now;
  const backoff = options.reconnectMs ?? { min: 1_000, max: 60_000 };
  const limiter = createLimiter({
    window: options.window ?? 10,
    ratePerSecond: options.ratePerSecond ?? 10,
    pauseMs: options.throttlePauseMs ?? { min: 1_000, max: 30_000 },
    // Not by the clock of the machine: it may be set back while a pause lasts.
    now: options.now ?? (() => performance.now()),
  });
  const loop = createLoopTime();
  const inbound = createInbound(options, handlers, loop);
  const closing = new AbortController();
  const open = new Set<Promise<unknown>>();
  let current: Bind | undefined;
  let state: StateChange = { state: 'connecting', text: 'Not connected yet.', at: new Date(now()).toISOString() };
  let wake: (() => void) | undefined;
  let reference = randomInt(256);

  const setState = (name: LinkState, text: string): void => {
    state = { state: name, text, at: new Date(now()).toISOString() };
    report(options.log, () => handlers.onState(state));
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
      wake = done;
      if (closing.signal.aborted) done();
    });

  /** One life of a bind. Gives the waiting time before the next one. */
  const live = async (attempt: number): Promise<{ waitMs: number; attempt: number }> => {
    setState('connecting', `Connecting to ${options.host}:${options.port} as ${options.systemId}.`);
    const result = await openBind(options, inbound, closing.signal);
    if (closing.signal.aborted) {
      if (result.kind === 'bound') result.bind.destroy('closed');
      return { waitMs: 0, attempt };
    }
    if (result.kind === 'failed') {
      const waitMs = result.refused ? (options.refusedRetryMs ?? 300_000) : delay(backoff, attempt);
      options.log?.warn({ status: result.status, waitMs }, 'the SMPP link could not be bound');
      setState('failed', `${result.text} Next try in ${words(waitMs)}.`);
      return { waitMs, attempt: attempt + 1 };
    }
    current = result.bind;
    options.log?.info({ bindId: result.bind.id }, 'the SMPP link is bound');
    setState('bound', `Connected to ${options.host}:${options.port} as ${options.systemId}.`);
    const why = await result.bind.ended;
    current = undefined;
    limiter.drop(`the connection to the carrier was lost: ${why}`);
    if (closing.signal.aborted) return { waitMs: 0, attempt: 0 };
    const waitMs = delay(backoff, 0);
    options.log?.warn({ bindId: result.bind.id, why, waitMs }, 'the SMPP link was lost');
    setState('connecting', `The connection was lost: ${why}. Next try in ${words(waitMs)}.`);
    return { waitMs, attempt: 1 };
  };

  const run = async (): Promise<void> => {
    let attempt = 0;
    while (!closing.signal.aborted) {
      const next = await live(attempt);
      attempt = next.attempt;
      if (!closing.signal.aborted) await pause(next.waitMs);
    }
  };
  const finished = run();

  let stopping = false;
  let closed: Promise<void> | undefined;
  const shut = async (drainMs: number): Promise<void> => {
    stopping = true;
    limiter.drop('the service is stopping');
    await within(
      drainMs,
      Promise.allSettled([...open]).then(() => inbound.idle()),
    );
    const bind = current;
    if (bind) await within(Math.min(drainMs, 2_000), bind.unbind());
    closing.abort();
    bind?.destroy('closed');
    wake?.();
    await finished;
    loop.stop();
    setState('closed', 'Closed.');
  };

  return {
    submit: (request) => {
      reference = (reference + 1) & 0xff;
      const full = { ...request, reference: (request.reference ?? reference) & 0xff };
      const noBind = (): string => (stopping ? 'the service is stopping' : `not connected to the carrier (${state.text})`);
      // Nothing waits in the queue without a bind: the caller keeps the order and sees the reason at once.
      const why = stopping || !current ? noBind() : undefined;
      if (why !== undefined) {
        const progress = { acceptedIds: [], nextPart: request.startPart ?? 1, reference: full.reference };
        return Promise.resolve({ kind: 'not-sent', why, ...progress });
      }
      const work = submitMessage({ options, handlers, limiter, bind: () => (stopping ? undefined : current) ?? noBind() }, full);
      open.add(work);
      void work.finally(() => open.delete(work));
      return work;
    },
    state: () => state,
    load: limiter.load,
    reconnectNow: () => wake?.(),
    close: (drainMs = options.responseTimeoutMs ?? 10_000) => (closed ??= shut(drainMs)),
  };
}

/**
 * Binds once, asks for a sign of life and unbinds: "are these settings right?". A carrier that allows one bind per account answers
 * "already connected" while the link is up; that proves the credentials too.
 */
export async function tryBind(options: SmppOptions): Promise<{ ok: boolean; text: string }> {
  const abort = new AbortController();
  const result = await openBind(
    options,
    {
      // Whatever arrives meanwhile is asked for again on the real link.
      onRequest: (bind, pdu) => void bind.respond(pdu, { command_status: 0x64 }),
      onAnswered: () => undefined,
    },
    abort.signal,
  );
  if (result.kind === 'failed') return { ok: result.status === 0x05, text: result.text };
  const answer = await result.bind.request('enquire_link', {});
  await within(2_000, result.bind.unbind());
  result.bind.destroy('tested');
  return answer.kind === 'answer'
    ? { ok: true, text: 'Connected and signed in.' }
    : { ok: false, text: `Signed in, but then: ${answer.why}.` };
}

/** Full jitter between half and the whole of the doubled time, so that many links do not come back in one moment. */
function delay({ min, max }: { min: number; max: number }, attempt: number): number {
  const top = Math.min(max, min * 2 ** Math.min(attempt, 20));
  return Math.round(top / 2 + (Math.random() * top) / 2);
}

function words(ms: number): string {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return `${Math.round(ms / 60_000)} minutes`;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}
