import { randomUUID } from 'node:crypto';
import type { PDU } from 'smpp';
import type { LoopTime } from '../../platform/loop-time.ts';
import { fromWire } from './addresses.ts';
import type { Bind } from './bind.ts';
import { ESME_RINVCMDID, ESME_RMSGQFUL, ESME_ROK, ESME_RX_T_APPN } from './codes.ts';
import { ESM_UDHI, fromSar, splitHeader } from './concatenation.ts';
import { rawMessage } from './raw-pdu.ts';
import { readReceipt } from './receipt.ts';
import { decodeText } from './text-coding.ts';
import type { InboundMessage, Receipt, SmppHandlers, SmppLog, SmppOptions } from './types.ts';

/** How soon after a reply the carrier is asked for a sign that it has read it; one question serves a burst. */
const CONFIRM_AFTER_MS = 100;

/**
 * Deliveries of one bind that are being stored at once; a carrier's window is some dozens. One that goes on without waiting, while the database
 * is slow, is told that the queue is full: it keeps what it has, and our memory stays bounded.
 */
const MOST_UNDER_WAY = 200;

/** `esm_class` message type bits: delivery receipt, and intermediate notification (SMPP 3.4, 5.2.12). */
const RECEIPT_BITS = 0x04 | 0x20;

export interface InboundPump {
  onRequest(bind: Bind, pdu: PDU): void;
  onAnswered(bind: Bind, repliesBefore: number): void;
  /** Resolves when every running handler is done and answered. */
  idle(): Promise<void>;
}

/**
 * Hands messages and receipts to the handlers and answers the carrier only after they are stored. Messages of one phone to one number are
 * handled one after another, so that they are stored in the order in which they came; others run side by side.
 */
export function createInbound(options: SmppOptions, handlers: SmppHandlers, loop: LoopTime): InboundPump {
  const queues = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const underWay = new WeakMap<Bind, number>();
  /** Deliveries of each bind that we replied to and that are not yet confirmed, with the number of the reply. */
  const unconfirmed = new WeakMap<Bind, { reply: number; deliveryId: string }[]>();

  const reply = (bind: Bind, pdu: PDU, status: number, deliveryId?: string): void => {
    const number = bind.respond(pdu, status === ESME_ROK ? { message_id: '' } : { command_status: status });
    if (number === undefined || deliveryId === undefined || status !== ESME_ROK) return;
    const list = unconfirmed.get(bind) ?? [];
    list.push({ reply: number, deliveryId });
    unconfirmed.set(bind, list);
    askForSign(bind);
  };

  /** Answers come in the order of the stream, so the answer to an enquire_link proves that the replies before it were read. */
  const asking = new WeakSet<Bind>();
  const askForSign = (bind: Bind): void => {
    if (asking.has(bind)) return;
    asking.add(bind);
    setTimeout(() => {
      asking.delete(bind);
      if ((unconfirmed.get(bind) ?? []).length > 0) void bind.request('enquire_link', {});
    }, CONFIRM_AFTER_MS).unref();
  };

  const handle = async (bind: Bind, pdu: PDU, work: () => Promise<void>, deliveryId?: string): Promise<void> => {
    let status = ESME_ROK;
    try {
      await work();
    } catch (error) {
      status = ESME_RX_T_APPN;
      options.log?.warn({ error: (error as Error)?.name }, 'an SMPP delivery could not be stored; the carrier was asked to send it again');
    }
    reply(bind, pdu, status, deliveryId);
  };

  const enqueue = (bind: Bind, key: string, task: () => Promise<void>): void => {
    underWay.set(bind, (underWay.get(bind) ?? 0) + 1);
    const done = (queues.get(key) ?? Promise.resolve()).then(task);
    queues.set(key, done);
    running.add(done);
    void done.finally(() => {
      running.delete(done);
      underWay.set(bind, (underWay.get(bind) ?? 1) - 1);
      if (queues.get(key) === done) queues.delete(key);
    });
  };

  return {
    onRequest: (bind, pdu) => {
      if (pdu.command !== 'deliver_sm' && pdu.command !== 'data_sm') {
        bind.respond(pdu, { command_status: ESME_RINVCMDID });
        return;
      }
      if ((underWay.get(bind) ?? 0) >= MOST_UNDER_WAY) {
        bind.respond(pdu, { command_status: ESME_RMSGQFUL });
        return;
      }
      const readAt = performance.now();
      const unreadMs = loop.unreadMs();
      if (isReceipt(pdu)) {
        const receipt = toReceipt(bind, pdu, options);
        enqueue(bind, `receipt ${receipt.messageId ?? randomUUID()}`, () => handle(bind, pdu, () => handlers.onReceipt(receipt)));
        return;
      }
      const message = toMessage(bind, pdu, options);
      enqueue(bind, `${message.from} ${message.to}`, () => {
        const stored = () => handlers.onInbound({ ...message, waitedMs: performance.now() - readAt, unreadMs });
        return handle(bind, pdu, stored, message.deliveryId);
      });
    },
    onAnswered: (bind, repliesBefore) => {
      const list = unconfirmed.get(bind);
      if (!list || list.length === 0) return;
      const confirmed = list.filter((entry) => entry.reply <= repliesBefore);
      if (confirmed.length === 0) return;
      unconfirmed.set(
        bind,
        list.filter((entry) => entry.reply > repliesBefore),
      );
      report(options.log, () => handlers.onRepliesConfirmed?.(confirmed.map((entry) => entry.deliveryId)));
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled([...running]);
    },
  };
}

/** Runs a caller's notification; its failure is the caller's and must not reach the socket's event handlers. */
export function report(log: SmppLog | undefined, notify: () => void): void {
  try {
    notify();
  } catch (error) {
    log?.warn({ error: (error as Error)?.name }, 'a handler of the SMPP link threw');
  }
}

/** Only the carrier's own marks make a receipt: a person can type `id:… stat:DELIVRD` into a text. */
function isReceipt(pdu: PDU): boolean {
  return ((pdu.esm_class ?? 0) & RECEIPT_BITS) !== 0 || pdu.receipted_message_id !== undefined;
}

function toReceipt(bind: Bind, pdu: PDU, options: SmppOptions): Receipt {
  const fields = readReceipt(receiptText(pdu, options.defaultAlphabet), {
    receiptedMessageId: pdu.receipted_message_id,
    messageState: pdu.message_state,
    networkErrorCode: pdu.network_error_code,
  });
  return { ...fields, bindId: bind.id, ...addressesOf(pdu) };
}

/** Receipts often come under a wrong data_coding; the first reading that shows the field every receipt has is taken. */
function receiptText(pdu: PDU, alphabet: 'gsm7' | 'latin1' | undefined): string {
  const raw = rawMessage(pdu);
  const bytes = ((pdu.esm_class ?? 0) & ESM_UDHI) !== 0 ? splitHeader(raw).body : raw;
  const readings = [pdu.data_coding ?? 0, 3, 8].map((coding) => decodeText(bytes, coding, alphabet).text);
  return readings.find((text) => /\bid:/i.test(text)) ?? readings[0] ?? '';
}

function toMessage(bind: Bind, pdu: PDU, options: SmppOptions): Omit<InboundMessage, 'waitedMs' | 'unreadMs'> {
  const raw = rawMessage(pdu);
  const dataCoding = pdu.data_coding ?? 0;
  const { body, concatenation } = ((pdu.esm_class ?? 0) & ESM_UDHI) !== 0 ? splitHeader(raw) : { body: raw, concatenation: undefined };
  const place = concatenation ?? fromSar(pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum);
  return {
    deliveryId: randomUUID(),
    bindId: bind.id,
    ...addressesOf(pdu),
    ...decodeText(body, dataCoding, options.defaultAlphabet),
    dataCoding,
    payload: body,
    ...(place ? { concatenation: place } : {}),
  };
}

function addressesOf(pdu: PDU): { from: string; to: string } {
  return {
    from: fromWire(pdu.source_addr ?? '', pdu.source_addr_ton ?? 0),
    to: fromWire(pdu.destination_addr ?? '', pdu.dest_addr_ton ?? 0),
  };
}
