import smpp from 'smpp';
import type { FaultAction } from '../../control/faults.ts';
import { sleep } from '../../control/faults.ts';
import type { PendingDelivery, Store } from '../store.ts';
import type { SmscSession } from './session.ts';
import type { SmscSettings } from './settings.ts';

/** Deliveries to one bind that may wait for their answers at once. */
const WINDOW = 10;

/** Refusals after which a delivery is tried again; others end it. */
const TRY_AGAIN: ReadonlySet<number> = new Set([0x08, 0x14, 0x58, 0x64]);

export interface Deliveries {
  add(delivery: PendingDelivery, prefer?: SmscSession): void;
  /** A bind came or became free. */
  wake(): void;
  waiting(systemId?: string): number;
  close(): void;
}

export interface DeliveriesOptions {
  readonly store: Store;
  readonly settings: () => SmscSettings;
  readonly sessions: () => readonly SmscSession[];
  readonly fault: (command: string, systemId: string) => FaultAction | undefined;
  /** A delivery is over: taken (0) or refused for good. */
  readonly onDone: (delivery: PendingDelivery, status: number) => void;
}

/**
 * Hands messages and receipts to bound clients, in order, and keeps each until it is answered. What was not answered when a connection went
 * is sent again on the next one, at the front: the client may then see it twice, as with a real SMSC.
 */
export function createDeliveries({ store, settings, sessions, fault, onDone }: DeliveriesOptions): Deliveries {
  const inFlight = new Map<string, SmscSession>();
  const notBefore = new Map<string, number>();
  const preferred = new Map<string, SmscSession>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  const sessionFor = (delivery: PendingDelivery): SmscSession | undefined => {
    const able = sessions().filter((session) => session.systemId === delivery.systemId && session.receives && !session.over());
    const free = able.filter((session) => [...inFlight.values()].filter((other) => other === session).length < WINDOW);
    const own = preferred.get(delivery.id);
    if (delivery.kind === 'receipt' && own) {
      const wanted = settings().receiptBind === 'other' ? free.find((session) => session !== own) : free.find((session) => session === own);
      if (wanted) return wanted;
    }
    return free[0];
  };

  const finish = (delivery: PendingDelivery, status: number): void => {
    store.state.pending = store.state.pending.filter((entry) => entry.id !== delivery.id);
    preferred.delete(delivery.id);
    notBefore.delete(delivery.id);
    store.changed();
    onDone(delivery, status);
  };

  const send = async (delivery: PendingDelivery, session: SmscSession): Promise<void> => {
    const action = fault('deliver_sm', delivery.systemId);
    if (action?.latencyMs) await sleep(action.latencyMs);
    let status: number | undefined;
    if (action?.drop === 'before') session.destroy();
    else {
      // Copied: the package encodes the fields in place.
      // A reply that is lost was not read, and neither was what the client asked behind it.
      const isLost = action?.drop === 'after';
      const answer = await session.request('deliver_sm', structuredCopy(delivery.fields), settings().deliverTimeoutMs, isLost);
      if (!isLost) status = commandStatus(action) ?? answer;
    }
    inFlight.delete(delivery.id);
    if (closed || !store.state.pending.includes(delivery)) return;
    if (status !== undefined && !TRY_AGAIN.has(status)) finish(delivery, status);
    else if (!session.over() || status !== undefined) {
      const waitMs = settings().redeliverMs;
      notBefore.set(delivery.id, Date.now() + waitMs);
      later(waitMs + 1, wake);
    }
    wake();
  };

  const wake = (): void => {
    if (closed) return;
    for (const delivery of [...store.state.pending]) {
      if (inFlight.has(delivery.id) || (notBefore.get(delivery.id) ?? 0) > Date.now()) continue;
      const session = sessionFor(delivery);
      if (!session) continue;
      inFlight.set(delivery.id, session);
      void send(delivery, session);
    }
  };

  return {
    add: (delivery, prefer) => {
      if (closed) return;
      if (prefer) preferred.set(delivery.id, prefer);
      store.state.pending.push(delivery);
      store.changed();
      wake();
    },
    wake,
    waiting: (systemId) => store.state.pending.filter((entry) => systemId === undefined || entry.systemId === systemId).length,
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function structuredCopy(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) || typeof value !== 'object' ? value : { ...(value as object) },
    ]),
  );
}

/** The command status of a fault: SMPP's numbers below 100 travel in the body, because HTTP statuses start there. */
export function commandStatus(action: FaultAction | undefined): number | undefined {
  const body = action?.body as { commandStatus?: unknown } | undefined;
  if (typeof body?.commandStatus === 'number') return body.commandStatus;
  return action?.status;
}

export const OK = smpp.errors['ESME_ROK'] ?? 0;
