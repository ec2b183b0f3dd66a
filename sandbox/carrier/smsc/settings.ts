import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const idFormat = z.enum(['decimal', 'hex', 'HEX', 'leading-zeros', 'uuid']);

/** How the SMSC behaves; `GET|POST /__sandbox/smsc` reads and changes it while it runs. */
export const smscSettingsSchema = z.strictObject({
  /** Spelling of message ids in `submit_sm_resp` and in receipts; real carriers differ between the two. */
  responseIds: idFormat,
  receiptIds: idFormat,
  /** Where a receipt carries its facts. */
  receiptForm: z.enum(['text', 'tlv', 'both']),
  receiptCoding: z.enum(['default', 'latin1', 'ucs2']),
  /** Time between taking a submit and answering it; with `receiptDelayMs` 0 the receipt comes first, as real carriers manage to do. */
  answerDelayMs: z.int().min(0).max(600_000),
  receiptDelayMs: z.int().min(0).max(600_000),
  /** Which of several binds of an account gets the receipts. */
  receiptBind: z.enum(['same', 'other']),
  /** How long inbound texts are cut. */
  longInbound: z.enum(['udh8', 'udh16', 'sar', 'payload']),
  /** Unanswered submits of one bind beyond this are answered with ESME_RTHROTTLED; 0 = no limit. */
  windowLimit: z.int().min(0).max(10_000),
  /** Accepted submits per second and account beyond this are throttled; 0 = no limit. */
  ratePerSecond: z.int().min(0).max(100_000),
  /** When a delivery that was refused for now or not answered is tried again. */
  redeliverMs: z.int().min(1).max(600_000),
  /** How long a delivery waits for its answer. */
  deliverTimeoutMs: z.int().min(1).max(600_000),
  /** 0 = this side sends no enquire_link. */
  enquireLinkMs: z.int().min(0).max(600_000),
});

export type SmscSettings = z.infer<typeof smscSettingsSchema>;
export type IdFormat = z.infer<typeof idFormat>;

export function defaultSmscSettings(): SmscSettings {
  return {
    responseIds: 'decimal',
    receiptIds: 'decimal',
    receiptForm: 'both',
    receiptCoding: 'default',
    answerDelayMs: 0,
    receiptDelayMs: 300,
    receiptBind: 'same',
    longInbound: 'udh8',
    windowLimit: 0,
    ratePerSecond: 0,
    redeliverMs: 1_000,
    deliverTimeoutMs: 10_000,
    enquireLinkMs: 30_000,
  };
}

const uuids = new Map<number, string>();

/** The spelling of a message number. */
export function formatId(number: number, format: IdFormat): string {
  switch (format) {
    case 'decimal':
      return String(number);
    case 'hex':
      return number.toString(16);
    case 'HEX':
      return number.toString(16).toUpperCase();
    case 'leading-zeros':
      return String(number).padStart(12, '0');
    case 'uuid': {
      const id = uuids.get(number) ?? randomUUID();
      uuids.set(number, id);
      return id;
    }
  }
}
