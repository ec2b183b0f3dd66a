import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface StoredMedia {
  readonly sid: string;
  readonly messageSid: string;
  readonly accountSid: string;
  readonly contentType: string;
  readonly fileName: string;
  readonly data: string;
}

/** A message at the Twilio-compatible carrier. */
export interface ApiMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  status: string;
  errorCode: number | null;
  errorMessage: string | null;
  readonly numSegments: number;
  readonly mediaSids: string[];
  readonly mediaUrls: string[];
  readonly statusCallback: string | null;
  readonly createdAt: string;
  sentAt: string | null;
  updatedAt: string;
}

/** A message as a phone sees it. */
export interface PhoneMessage {
  readonly id: string;
  readonly phone: string;
  readonly company: string;
  readonly carrier: 'twilio' | 'smpp';
  /** From the phone's view. */
  readonly direction: 'received' | 'sent';
  readonly body: string;
  readonly media: readonly {
    readonly sid: string;
    readonly contentType: string;
    readonly fileName: string;
    readonly bytes: number;
    readonly url: string;
  }[];
  readonly parts: number;
  readonly at: string;
  /** What became of a sent one, in words. */
  status: string;
}

/** Something that the SMSC still has to hand to a client. */
export interface PendingDelivery {
  readonly id: string;
  readonly systemId: string;
  readonly kind: 'message' | 'receipt';
  readonly fields: Record<string, unknown>;
  /** The phone message that this is a part of. */
  readonly phoneMessageId: string | null;
}

export interface CarrierState {
  messages: ApiMessage[];
  media: StoredMedia[];
  phoneMessages: PhoneMessage[];
  pending: PendingDelivery[];
  stopped: string[];
  webhooks: Record<string, { smsUrl: string; smsFallbackUrl: string }>;
  nextSmppId: number;
}

export interface Store {
  readonly state: CarrierState;
  /** Call after every change; the file, if any, is written soon after. */
  changed(): void;
  clear(): void;
  /** Writes what is not written yet. */
  flush(): void;
}

const FIRST_SMPP_ID = 171_000;

function empty(): CarrierState {
  return { messages: [], media: [], phoneMessages: [], pending: [], stopped: [], webhooks: {}, nextSmppId: FIRST_SMPP_ID };
}

/** The carrier's memory. With a file, conversations are there again after a restart. */
export function createStore(file?: string): Store {
  if (file) mkdirSync(dirname(file), { recursive: true });
  const state = file ? load(file) : empty();
  let timer: NodeJS.Timeout | undefined;
  let dirty = false;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!file || !dirty) return;
    dirty = false;
    // Written beside and moved: a kill in the middle leaves the old file whole.
    writeFileSync(`${file}.new`, JSON.stringify(state, asBase64));
    renameSync(`${file}.new`, file);
  };
  return {
    state,
    changed: () => {
      dirty = true;
      if (file) timer ??= setTimeout(flush, 250);
    },
    clear: () => {
      const { webhooks } = state;
      Object.assign(state, empty(), { webhooks });
      dirty = true;
      flush();
    },
    flush,
  };
}

function load(file: string): CarrierState {
  try {
    return { ...empty(), ...(JSON.parse(readFileSync(file, 'utf8'), fromBase64) as Partial<CarrierState>) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty();
    throw error;
  }
}

/** Buffers inside pending PDUs survive the file: `{type:'Buffer'}` is what JSON makes of them before a replacer sees them. */
function asBase64(_key: string, value: unknown): unknown {
  const buffer = value as { type?: unknown; data?: unknown } | null;
  return buffer && buffer.type === 'Buffer' && Array.isArray(buffer.data)
    ? { $buffer: Buffer.from(buffer.data as number[]).toString('base64') }
    : value;
}

function fromBase64(_key: string, value: unknown): unknown {
  const packed = value as { $buffer?: unknown } | null;
  return packed && typeof packed === 'object' && typeof packed.$buffer === 'string' ? Buffer.from(packed.$buffer, 'base64') : value;
}
