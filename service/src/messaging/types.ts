/** What a message went through at the carrier's side. Final ones are delivered, undelivered and failed; *unknown* may still become any of them. */
export type MessageStatus = 'received' | 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'unknown';
export type ReceiptStatus = 'sent' | 'delivered' | 'undelivered' | 'failed';
export type CarrierKind = 'twilio' | 'smpp';
export type NumberKind = 'phone' | 'short_code' | 'sender_name';
export type CarrierState = 'connected' | 'connecting' | 'failed' | 'off';

export interface Message {
  id: string;
  orgId: string;
  conversationId: string;
  sequence: number;
  direction: 'inbound' | 'outbound';
  status: MessageStatus;
  body: string;
  segments: number;
  accountId: string;
  carrierId: string | null;
  /** The carrier took it: a later failure is the delivery's, not the submission's. */
  accepted: boolean;
  errorCode: string | null;
  errorText: string | null;
  senderUserId: string | null;
  occurredAt: Date;
  submittedAt: Date | null;
  /** Its text was erased when its time was over; the org keeps its own copy. */
  erased: boolean;
}

export interface Conversation {
  id: string;
  orgId: string;
  ourNumber: string;
  customerNumber: string;
  recordObject: RecordObject | null;
  recordId: string | null;
  /** Account of a matched Contact. */
  accountRecordId: string | null;
  recordName: string | null;
  ownerId: string | null;
  matchNote: string | null;
  matchedAt: Date | null;
  ownerWritten: boolean;
  lastMessageAt: Date;
  lastText: string;
  lastDirection: 'inbound' | 'outbound';
  unread: number;
  optedOut: boolean;
  salesforceId: string | null;
}

export type RecordObject = 'Contact' | 'Lead' | 'Account';

export interface OurNumber {
  id: string;
  orgId: string;
  accountId: string;
  number: string;
  kind: NumberKind;
  label: string;
  /** ISO 3166 country that numbers without a prefix belong to. */
  country: string;
  isDefault: boolean;
  /** Salesforce user ids that may send from it; empty means everyone. */
  users: string[];
}

export interface CarrierAccount {
  id: string;
  orgId: string;
  kind: CarrierKind;
  label: string;
  settings: Record<string, unknown>;
  /** Sealed. */
  secret: string;
  ratePerSecond: number;
  windowSize: number;
  state: CarrierState;
  stateText: string;
  stateSince: Date;
  polledUntil: Date | null;
  /** The org's numbers whose texts the looks up to then took. */
  polledNumbers: string[];
}

export interface OptOut {
  id: string;
  number: string;
  state: 'opted_out' | 'opted_in';
  /** *help*: the person asked for help and has decided nothing. */
  kind: 'keyword' | 'manual' | 'carrier' | 'help';
  keyword: string | null;
  reason: string;
  changedAt: Date;
  changedBy: string | null;
}

export interface InboundMedia {
  url: string;
  contentType: string;
}

/** Purposes of messaging's lanes. */
export const ORG_LANE = 'org';
export const CARRIER_LANE = 'carrier';
export const MEDIA_LANE = 'media';

/** Lanes of one org that write to it side by side; a conversation always takes the same one. */
export const ORG_SHARDS = 4;
export const ORG_LANE_KEYS = Array.from({ length: ORG_SHARDS }, (_, key) => String(key));

/** The org lane of a conversation (or another record) by its id. */
export function shardOf(id: string): string {
  return String(Number.parseInt(id.slice(-2), 16) % ORG_SHARDS);
}

/** A text from a customer's phone, as a carrier handed it over. Numbers are E.164 (or a short code). */
export interface Inbound {
  orgId: string;
  accountId: string;
  /** The carrier's own id; SMPP gives none. */
  carrierId: string | null;
  from: string;
  to: string;
  body: string;
  media: InboundMedia[];
  /** When the carrier got it, where it says so and we were late; else the time at which it was handed over. */
  receivedAt?: Date | undefined;
  /** Milliseconds before `receivedAt` in which it may already have lain unread. */
  unreadMs?: number | undefined;
  /** SMPP: the bind it came on. */
  bindId?: string | undefined;
  /** This try to store it. */
  attempt?: Attempt | undefined;
  /** Present for one part of a long text. */
  part?: { reference: number; total: number; part: number; payload: Buffer; dataCoding: number } | undefined;
}

/** One try to store a text. */
export interface Attempt {
  /** Under which it stores the text. */
  id: string;
  /** Whether it came so far that the text may be stored although the try failed. */
  isWritten: boolean;
}
