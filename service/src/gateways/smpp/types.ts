import type { LookupFunction } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** What the gateway needs of a logger. It never hands it numbers, texts or passwords. */
export interface SmppLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** Type of number and numbering plan of an address (SMPP 3.4, sections 5.2.5 and 5.2.6). */
export interface AddressType {
  readonly ton: number;
  readonly npi: number;
}

/** Which address type goes with which kind of number; carriers differ, so each can be overridden. */
export interface AddressRules {
  /** E.164 numbers with a plus. Default TON 1, NPI 1; sent without the plus. */
  readonly international?: AddressType;
  /** Digits without a plus. Default TON 0, NPI 0. */
  readonly shortCode?: AddressType;
  /** Sender names. Default TON 5, NPI 0. */
  readonly alphanumeric?: AddressType;
}

export interface SmppOptions {
  readonly host: string;
  readonly port: number;
  /** true = TLS with the system's trust; an object adds TLS options such as `ca`. */
  readonly tls?: boolean | ConnectionOptions;
  readonly systemId: string;
  /** At most 8 characters by SMPP 3.4; sent as it is. */
  readonly password: string;
  readonly systemType?: string;
  /** Submits that may wait for an answer at once. Default 10. */
  readonly window?: number;
  /** Parts per second over all messages of this link. Default 10. */
  readonly ratePerSecond?: number;
  /** How long a submit, bind or enquire_link waits for its answer. Default 10,000 ms. */
  readonly responseTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How often an idle or busy bind is proved alive. Default 30,000 ms. */
  readonly enquireLinkMs?: number;
  /** Waiting time between tries after a lost or refused connection: doubled from min to max, with jitter. Default 1,000 and 60,000 ms. */
  readonly reconnectMs?: { readonly min: number; readonly max: number };
  /** Waiting time after the carrier refused the credentials. Default 300,000 ms. */
  readonly refusedRetryMs?: number;
  /** Pause of the link after the carrier said "too fast": doubled from min to max while it goes on. Default 1,000 and 30,000 ms. */
  readonly throttlePauseMs?: { readonly min: number; readonly max: number };
  readonly addresses?: AddressRules;
  /** What data_coding 0 means in messages from this carrier. Default `gsm7`. */
  readonly defaultAlphabet?: 'gsm7' | 'latin1';
  /** Name resolution of the socket; the caller's guard against private networks goes here. */
  readonly lookup?: LookupFunction;
  readonly log?: SmppLog;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

export type LinkState = 'connecting' | 'bound' | 'failed' | 'closed';

export interface StateChange {
  readonly state: LinkState;
  /** The cause in words, with the next step where a person can do something. */
  readonly text: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Where a part of a long message belongs. Parts with the same addresses and reference make one message. */
export interface Concatenation {
  /** 0–255 from an 8-bit header, 0–65535 from a 16-bit header or SAR parameters. */
  readonly reference: number;
  readonly total: number;
  /** From 1. */
  readonly part: number;
}

export interface InboundMessage {
  /** Made by the gateway for this one delivery; the carrier gives inbound SMPP messages no id. */
  readonly deliveryId: string;
  /** The bind it came on. A repeat after a lost reply comes on another bind, or on the same one after the carrier's own timeout. */
  readonly bindId: string;
  /** E.164 with plus where the carrier said so or the digits can be nothing else; otherwise as received. */
  readonly from: string;
  readonly to: string;
  /** The text of this part. Empty when `charset` is `binary`. */
  readonly text: string;
  readonly charset: string;
  readonly dataCoding: number;
  /** The octets of this part without header; join these, not the texts, when parts are put together (see `joinParts`). */
  readonly payload: Buffer;
  readonly concatenation?: Concatenation;
  /** Milliseconds since it was read: earlier ones of the same person are handled first. */
  readonly waitedMs: number;
  /** Milliseconds before that in which it may already have lain unread, because this process stood still; else 0. */
  readonly unreadMs: number;
}

/** Where a message stands by the carrier's word. `sent` is an intermediate report that changes nothing. */
export type ReceiptStatus = 'delivered' | 'undelivered' | 'failed' | 'sent';

export interface Receipt {
  readonly bindId: string;
  /** As the carrier wrote it; null when the receipt names none. */
  readonly messageId: string | null;
  /** Keys to look the message up by, best first (see `messageIdCandidates`). */
  readonly candidates: readonly string[];
  readonly status: ReceiptStatus;
  /** The carrier's word, for example `UNDELIV`. */
  readonly stat: string;
  /** Network error such as `001`, or `gsm:21` from the network_error_code parameter; null when there is none or it says "no error". */
  readonly errorCode: string | null;
  /** The phone that the message went to. */
  readonly from: string;
  /** Our number. */
  readonly to: string;
}

/** An answer to a submit that came after its timeout, when the caller has already been told `unknown`. */
export interface LateAnswer {
  readonly key: string;
  readonly part: number;
  readonly outcome:
    | { readonly kind: 'accepted'; readonly id: string }
    | {
        readonly kind: 'rejected';
        readonly code: string;
        readonly text: string;
        /** false = refused for now (also "too fast"): the same part may be sent again. */
        readonly permanent: boolean;
      };
}

export interface SmppHandlers {
  /** Store it, then resolve: only then is the carrier told that we have it. A rejection asks the carrier to send it again. */
  onInbound(message: InboundMessage): Promise<void>;
  /** As {@link onInbound}. */
  onReceipt(receipt: Receipt): Promise<void>;
  onState(change: StateChange): void;
  /** Deliveries whose reply the carrier has certainly read; a later equal message on another bind is then no repeat. */
  onRepliesConfirmed?(deliveryIds: readonly string[]): void;
  onLateAnswer?(answer: LateAnswer): void;
}

export interface SubmitRequest {
  /** E.164 with plus, a short code, or a sender name of up to 11 characters. */
  readonly from: string;
  readonly to: string;
  /** The whole text, also when only the last parts are still missing; it is cut by the function that the composer counts with. */
  readonly text: string;
  /** Ask for delivery receipts, one per part. Default true. */
  readonly wantReceipt?: boolean;
  /** Joins the parts of a long text on the phone; only its lowest 8 bits are used. Give the same one when resuming. */
  readonly reference?: number;
  /** First part to send, from 1. Default 1. */
  readonly startPart?: number;
  /** Given back in {@link LateAnswer}; the caller's message id. */
  readonly key?: string;
}

/** How far a message got before something stopped it. */
export interface Progress {
  /** Ids of the parts that this call got accepted, in order from `startPart`. */
  readonly acceptedIds: readonly string[];
  /** The part that was not accepted; the `startPart` of a later try. */
  readonly nextPart: number;
  /** The reference that was used; give it again. */
  readonly reference: number;
}

/**
 * What became of a message. A part goes out only after the part before it was accepted, so what is missing is always the tail from
 * `nextPart`, and at most one part is ever in doubt.
 *
 * - `accepted`: every part; one id per part.
 * - `rejected`: the carrier refused part `nextPart`. Not permanent = the same part may be tried again later.
 * - `throttled`: nothing of `nextPart` was taken; try again from there after `retryAfterMs`, in the same order as other throttled ones.
 * - `not-sent`: `nextPart` never left this process; trying again from there cannot double anything.
 * - `unknown`: part `nextPart` left and no answer came. Only a receipt, a late answer or a person can settle it. Sending from `nextPart`
 *   may double that one part; a phone drops a doubled part with the same reference, but nothing promises it.
 */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly ids: readonly string[]; readonly reference: number }
  | ({
      readonly kind: 'rejected';
      readonly code: string;
      readonly status: number;
      readonly text: string;
      readonly permanent: boolean;
    } & Progress)
  | ({ readonly kind: 'throttled'; readonly retryAfterMs: number } & Progress)
  | ({ readonly kind: 'unknown'; readonly why: string } & Progress)
  | ({ readonly kind: 'not-sent'; readonly why: string } & Progress);

export interface SmppLink {
  submit(request: SubmitRequest): Promise<SubmitOutcome>;
  state(): StateChange;
  /** Submits waiting for an answer, and submits waiting for a place in the window. */
  load(): { readonly inFlight: number; readonly waiting: number };
  /** Ends a pause between connection tries; for "try again" buttons. */
  reconnectNow(): void;
  /** Takes no more submits, waits for open answers and running handlers (at most `drainMs`, default the response timeout), unbinds. */
  close(drainMs?: number): Promise<void>;
}
