import type { PDU } from 'smpp';
import type { CarrierAccounts } from '../accounts.ts';
import type { Behaviours } from '../behaviours.ts';
import type { Phones } from '../phones.ts';
import type { Store } from '../store.ts';
import { readSubmit, receiptFields } from './pdus.ts';
import type { Submitted } from './pdus.ts';
import type { SmscSession } from './session.ts';
import { formatId } from './settings.ts';
import type { SmscSettings } from './settings.ts';

/** The answer to a request: a command status, and the fields of the response when it is 0. */
export interface Answer {
  readonly status: number;
  readonly fields?: Record<string, unknown>;
}

export interface SubmitOptions {
  readonly accounts: CarrierAccounts;
  readonly store: Store;
  readonly phones: Phones;
  readonly behaviours: Behaviours;
  readonly settings: () => SmscSettings;
  readonly later: (ms: number, work: () => void) => void;
  readonly addReceipt: (systemId: string, fields: Record<string, unknown>, session: SmscSession) => void;
}

const [RINVBNDSTS, RINVSRCADR, RINVDSTADR, RTHROTTLED] = [0x04, 0x0a, 0x0b, 0x58];

/** Takes submits: checks them, brings them to the phone and plans the receipt. */
export function createSubmit(options: SubmitOptions): { take(session: SmscSession, pdu: PDU): Answer; reset(): void } {
  const { accounts, store, phones, behaviours, settings, later, addReceipt } = options;
  const takenAt = new Map<string, number[]>();

  const tooFast = (systemId: string): boolean => {
    const limit = settings().ratePerSecond;
    if (limit === 0) return false;
    const recent = (takenAt.get(systemId) ?? []).filter((at) => at > Date.now() - 1_000);
    if (recent.length >= limit) return true;
    takenAt.set(systemId, [...recent, Date.now()]);
    return false;
  };

  const planReceipt = (session: SmscSession, systemId: string, message: Submitted, number: number): void => {
    const { result, stat = 'DELIVRD', err = '000', delayMs = 0 } = behaviours.of(message.to);
    const wanted = message.wantsReceipt === 'always' || (message.wantsReceipt === 'on-failure' && result !== 'delivered');
    if (!wanted || result === 'never') return;
    const submittedAt = new Date();
    later(settings().receiptDelayMs + delayMs, () => {
      const facts = { number, from: message.from, to: message.to, stat, err, submittedAt, text: message.text };
      addReceipt(systemId, receiptFields(facts, settings()), session);
    });
  };

  return {
    take: (session, pdu) => {
      const account = accounts.smpp.find((candidate) => candidate.systemId === session.systemId);
      if (!account || !session.transmits) return { status: RINVBNDSTS };
      const { windowLimit, responseIds } = settings();
      if ((windowLimit > 0 && session.open > windowLimit) || tooFast(account.systemId)) return { status: RTHROTTLED };
      const message = readSubmit(pdu);
      const ours = account.numbers.some((own) => own.number === message.from) || /[A-Za-z]/.test(message.from);
      if (!ours) return { status: RINVSRCADR };
      if (!/^\+[1-9]\d{6,14}$/.test(message.to)) return { status: RINVDSTADR };
      const { refuse, result } = behaviours.of(message.to);
      if (refuse) return { status: refuse.commandStatus };
      const number = (store.state.nextSmppId += 1);
      store.changed();
      if (result === 'delivered' || result === 'never') {
        phones.receivePart({ phone: message.to, company: message.from, text: message.text, concatenation: message.concatenation });
      }
      planReceipt(session, account.systemId, message, number);
      return { status: 0, fields: { message_id: formatId(number, responseIds) } };
    },
    reset: () => takenAt.clear(),
  };
}
