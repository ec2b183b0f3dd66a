import { randomInt, randomUUID } from 'node:crypto';
import smpp from 'smpp';
import type { PDU, Session } from 'smpp';
import type { CallCounter } from '../../control/calls.ts';
import { sleep } from '../../control/faults.ts';
import type { FaultAction, FaultRules } from '../../control/faults.ts';
import type { CarrierAccounts, SmppAccount } from '../accounts.ts';
import type { Behaviours } from '../behaviours.ts';
import type { Phones } from '../phones.ts';
import type { PhoneMessage, Store } from '../store.ts';
import { commandStatus, createDeliveries } from './deliveries.ts';
import { inboundParts } from './pdus.ts';
import { wrapSession } from './session.ts';
import type { SmscSession } from './session.ts';
import type { SmscSettings } from './settings.ts';
import { createSubmit } from './submit.ts';
import type { Answer } from './submit.ts';

export interface SmscOptions {
  readonly accounts: CarrierAccounts;
  readonly store: Store;
  readonly phones: Phones;
  readonly behaviours: Behaviours;
  readonly faults: FaultRules;
  readonly calls: CallCounter;
  readonly settings: () => SmscSettings;
}

export interface SmscReport {
  readonly sessions: readonly {
    id: number;
    systemId: string | null;
    receives: boolean;
    transmits: boolean;
    open: number;
    maxOpen: number;
    since: string;
  }[];
  readonly waiting: number;
  /** Receipts, and other things that happen later. */
  readonly planned: number;
  /** The most submits that were ever open on one bind since the reset. */
  readonly maxOpen: number;
}

export interface Smsc {
  readonly port: number;
  /** A person's text to a number of this account; kept until a client takes it. */
  inbound(account: SmppAccount, from: string, to: string, body: string): PhoneMessage;
  report(): SmscReport;
  /** Cuts every connection (or those of one account) without a word. */
  cut(systemId?: string): number;
  reset(): void;
  close(): Promise<void>;
}

const [RINVCMDID, RALYBND, RSYSERR, RINVPASWD, RINVSYSID] = [0x03, 0x05, 0x08, 0x0e, 0x0f];

/** An SMPP 3.4 SMSC on 127.0.0.1 (port 0 = any free one). */
export async function startSmsc(port: number, options: SmscOptions): Promise<Smsc> {
  const { accounts, store, phones, behaviours, faults, calls, settings } = options;
  const sessions = new Set<SmscSession>();
  const timers = new Set<NodeJS.Timeout>();
  let maxOpen = 0;
  let reference = randomInt(65_536);

  const fault = (command: string, user: string | null): FaultAction | undefined =>
    faults.take({ method: 'SMPP', path: `smpp:${command}`, user: user ?? undefined });

  const deliveries = createDeliveries({
    store,
    settings,
    sessions: () => [...sessions],
    fault,
    onDone: (delivery, status) => {
      if (delivery.phoneMessageId === null) return;
      const open = store.state.pending.some((entry) => entry.phoneMessageId === delivery.phoneMessageId);
      if (status !== 0) phones.setStatus(delivery.phoneMessageId, `Refused by the company (0x${status.toString(16)}).`);
      else if (!open) phones.setStatus(delivery.phoneMessageId, 'Delivered');
    },
  });

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  /** A PDU without its parameters must not end the process. */
  const attempt = (work: () => Answer): Answer => {
    try {
      return work();
    } catch {
      return { status: RSYSERR };
    }
  };

  /** Runs a request under the faults of its command: refused, slow, or cut before or after the work. */
  const withFault = async (session: SmscSession, pdu: PDU, work: () => Answer): Promise<void> => {
    const user = session.systemId ?? pdu.system_id ?? null;
    calls.count('SMPP', `smpp:${pdu.command}`, user);
    const action = fault(pdu.command, user);
    if (action?.latencyMs) await sleep(action.latencyMs);
    if (action?.drop === 'before') return session.destroy();
    const refused = action?.drop === 'after' ? undefined : commandStatus(action);
    const answer = refused ? { status: refused } : attempt(work);
    if (action?.drop === 'after') return session.destroy();
    if (pdu.command === 'submit_sm' && settings().answerDelayMs > 0) await sleep(settings().answerDelayMs);
    session.respond(pdu, answer.status === 0 ? answer.fields : { command_status: answer.status });
  };

  const bind = (session: SmscSession, pdu: PDU): Answer => {
    if (session.systemId !== null) return { status: RALYBND };
    const account = accounts.smpp.find((candidate) => candidate.systemId === pdu.system_id);
    if (!account) return { status: RINVSYSID };
    if (account.password !== pdu.password) return { status: RINVPASWD };
    session.systemId = account.systemId;
    session.receives = pdu.command !== 'bind_transmitter';
    session.transmits = pdu.command !== 'bind_receiver';
    // After the answer is on its way: a client must not see a delivery before its bind is confirmed.
    setImmediate(deliveries.wake);
    return { status: 0, fields: { system_id: 'sandbox' } };
  };

  const submit = createSubmit({
    accounts,
    store,
    phones,
    behaviours,
    settings,
    later,
    addReceipt: (systemId, fields, session) =>
      deliveries.add({ id: randomUUID(), systemId, kind: 'receipt', fields, phoneMessageId: null }, session),
  });

  const onSession = (raw: Session): void => {
    const session = wrapSession(raw, () => {
      sessions.delete(session);
      deliveries.wake();
    });
    sessions.add(session);
    const alive = setInterval(() => {
      if (settings().enquireLinkMs > 0 && session.systemId !== null) {
        void session.request('enquire_link', {}, 10_000).then((status) => status === undefined && session.destroy());
      }
    }, settings().enquireLinkMs || 60_000).unref();
    raw.on('close', () => clearInterval(alive));
    raw.on('pdu', (pdu) => {
      if (pdu.isResponse()) return;
      if (pdu.command === 'submit_sm') {
        session.open += 1;
        session.maxOpen = Math.max(session.maxOpen, session.open);
        maxOpen = Math.max(maxOpen, session.open);
        void withFault(session, pdu, () => submit.take(session, pdu)).finally(() => (session.open -= 1));
      } else if (pdu.command.startsWith('bind_')) void withFault(session, pdu, () => bind(session, pdu));
      else if (pdu.command === 'enquire_link') void withFault(session, pdu, () => ({ status: 0, fields: {} }));
      else if (pdu.command === 'unbind') void withFault(session, pdu, () => ({ status: 0, fields: {} })).then(() => session.end());
      else session.respond(pdu, { command_status: RINVCMDID });
    });
  };

  const server = smpp.createServer({}, onSession);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  server.on('error', () => undefined);
  const address = server.address();

  const cut = (systemId?: string): number => {
    const hit = [...sessions].filter((session) => systemId === undefined || session.systemId === systemId);
    for (const session of hit) session.destroy();
    return hit.length;
  };
  const clearTimers = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };

  return {
    port: typeof address === 'object' && address ? address.port : port,
    inbound: (account, from, to, body) => {
      reference = (reference + 1) & 0xffff;
      const parts = inboundParts(from, to, body, reference, settings().longInbound);
      const message = phones.send({ phone: from, company: to, carrier: 'smpp', body, media: [], parts: parts.length });
      for (const fields of parts) {
        deliveries.add({ id: randomUUID(), systemId: account.systemId, kind: 'message', fields, phoneMessageId: message.id });
      }
      const bound = [...sessions].some((session) => session.systemId === account.systemId && session.receives);
      if (!bound) phones.setStatus(message.id, 'Kept by the carrier: the company is not connected.');
      return message;
    },
    report: () => ({
      sessions: [...sessions].map(({ id, systemId, receives, transmits, open, maxOpen: most, since }) => ({
        id,
        systemId,
        receives,
        transmits,
        open,
        maxOpen: most,
        since,
      })),
      waiting: deliveries.waiting(),
      planned: timers.size,
      maxOpen,
    }),
    cut,
    reset: () => {
      clearTimers();
      maxOpen = 0;
      submit.reset();
      for (const session of sessions) session.maxOpen = session.open;
    },
    close: async () => {
      deliveries.close();
      clearTimers();
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
