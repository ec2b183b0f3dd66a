import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { PhoneMessage, Store } from './store.ts';

/** One short message on its way to a phone, before parts are joined. */
export interface IncomingPart {
  readonly phone: string;
  readonly company: string;
  readonly text: string;
  readonly concatenation?: { readonly reference: number; readonly total: number; readonly part: number } | undefined;
}

export interface PhoneReport {
  readonly number: string;
  readonly messages: readonly PhoneMessage[];
  readonly counts: {
    readonly received: number;
    readonly sent: number;
    readonly duplicateParts: number;
    readonly incompleteMessages: number;
  };
}

export interface Phones {
  /** A whole message for a phone. */
  receive(message: Omit<PhoneMessage, 'id' | 'at' | 'direction' | 'status'> & { readonly id?: string }): PhoneMessage;
  /** A part over SMPP; gives the message when it is complete. */
  receivePart(part: IncomingPart): PhoneMessage | null;
  /** A message that a person wrote on a phone. */
  send(message: Omit<PhoneMessage, 'id' | 'at' | 'direction' | 'status'>): PhoneMessage;
  setStatus(id: string, status: string): void;
  report(number: string): PhoneReport;
  /** Numbers with messages, newest first. */
  numbers(): string[];
  /** Calls back with every new or changed message of a phone; the result stops it. */
  watch(number: string, listener: (message: PhoneMessage) => void): () => void;
  clear(): void;
}

/** What phones have seen. Joins parts as a phone does: a part that comes twice while its message is incomplete is dropped. */
export function createPhones(store: Store, now: () => number = Date.now): Phones {
  const events = new EventEmitter().setMaxListeners(0);
  const groups = new Map<string, Map<number, string>>();
  const duplicates = new Map<string, number>();

  const add = (message: Omit<PhoneMessage, 'id' | 'at'> & { readonly id?: string }): PhoneMessage => {
    const stored: PhoneMessage = { ...message, id: message.id ?? randomUUID(), at: new Date(now()).toISOString() };
    store.state.phoneMessages.push(stored);
    store.changed();
    events.emit(stored.phone, stored);
    return stored;
  };

  const receive: Phones['receive'] = (message) => add({ ...message, direction: 'received', status: '' });

  return {
    receive,
    receivePart: ({ phone, company, text, concatenation }) => {
      const whole = { phone, company, carrier: 'smpp' as const, media: [] };
      if (!concatenation) return receive({ ...whole, body: text, parts: 1 });
      const { reference, total, part } = concatenation;
      const key = [phone, company, reference, total].join(' ');
      const group = groups.get(key) ?? new Map<number, string>();
      groups.set(key, group);
      if (group.has(part)) duplicates.set(phone, (duplicates.get(phone) ?? 0) + 1);
      group.set(part, text);
      if (group.size < total) return null;
      groups.delete(key);
      const body = Array.from({ length: total }, (_, index) => group.get(index + 1) ?? '').join('');
      return receive({ ...whole, body, parts: total });
    },
    send: (message) => add({ ...message, direction: 'sent', status: 'Sending…' }),
    setStatus: (id, status) => {
      const found = store.state.phoneMessages.findLast((message) => message.id === id);
      if (!found || found.status === status) return;
      found.status = status;
      store.changed();
      events.emit(found.phone, found);
    },
    report: (number) => {
      const messages = store.state.phoneMessages.filter((message) => message.phone === number);
      const received = messages.filter((message) => message.direction === 'received').length;
      const incompleteMessages = [...groups.keys()].filter((key) => key.startsWith(`${number} `)).length;
      return {
        number,
        messages,
        counts: { received, sent: messages.length - received, duplicateParts: duplicates.get(number) ?? 0, incompleteMessages },
      };
    },
    numbers: () => [...new Set(store.state.phoneMessages.map((message) => message.phone).reverse())],
    watch: (number, listener) => {
      events.on(number, listener);
      return () => events.off(number, listener);
    },
    clear: () => {
      groups.clear();
      duplicates.clear();
    },
  };
}
