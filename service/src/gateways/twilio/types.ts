import type { Dispatcher } from 'undici';

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Default https://api.twilio.com. May carry a path prefix. */
  readonly baseUrl?: string;
  /** Connections go through this one; the caller's guard against private networks and its connect timeout go here. */
  readonly dispatcher?: Dispatcher;
  /** Whole time for one call, connecting included. Default 15,000 ms. */
  readonly timeoutMs?: number;
  /** Largest media file. Default 5 MB, the carrier's own limit. */
  readonly maxMediaBytes?: number;
}

export interface SendRequest {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Where the carrier reports each change of status. */
  readonly statusCallback?: string;
  /** Addresses of pictures that the carrier fetches. */
  readonly mediaUrls?: readonly string[];
}

/** A refusal concerns one message, or everything that this account sends: then hold the account instead of failing message after message. */
export type RefusalScope = 'message' | 'account';

/**
 * What became of a create call. `unknown` = the request may have been taken and no usable answer came: settle it by a status callback or by
 * the message list, never by sending again. `not-sent` = no byte of the request left this process.
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly sid: string; readonly status: CarrierStatus; readonly segments: number | null }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly text: string;
      readonly httpStatus: number;
      readonly permanent: boolean;
      readonly scope: RefusalScope;
    }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'not-sent'; readonly why: string };

/** Our axis. `received` is the direction of messages from a phone. */
export type CarrierStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'received';

export interface CarrierMessage {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly direction: 'inbound' | 'outbound';
  /** null for a word that we do not know. */
  readonly status: CarrierStatus | null;
  readonly errorCode: string | null;
  readonly mediaCount: number;
  readonly segments: number | null;
  /** ISO 8601 UTC; null when the carrier left it out. */
  readonly createdAt: string | null;
  readonly sentAt: string | null;
}

export interface ListRequest {
  readonly to?: string;
  readonly from?: string;
  /** Messages sent or received at this time or later, ISO 8601. */
  readonly since?: string;
  /** Messages sent or received up to this time, ISO 8601. The carrier may or may not count the time itself. */
  readonly before?: string;
  /** 1–1000; default 100. */
  readonly pageSize?: number;
  /** `nextPage` of the page before; everything else is then ignored. */
  readonly page?: string;
}

export interface MessagePage {
  readonly messages: readonly CarrierMessage[];
  readonly nextPage: string | null;
}

export interface MediaEntry {
  readonly sid: string;
  readonly contentType: string;
  readonly url: string;
}

export interface MediaFile {
  readonly contentType: string;
  readonly data: Buffer;
}

/** Why a read did not succeed. `retryable` = the same call may succeed later. */
export interface TwilioProblem {
  readonly kind:
    | 'unreachable'
    | 'unauthorized'
    | 'not-found'
    | 'throttled'
    | 'refused'
    | 'carrier-error'
    | 'unreadable'
    | 'too-large'
    | 'wrong-type'
    | 'foreign-address';
  readonly text: string;
  readonly retryable: boolean;
  readonly code?: string;
  readonly httpStatus?: number;
  readonly retryAfterMs?: number;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: TwilioProblem };

export interface AccountInfo {
  readonly sid: string;
  readonly name: string;
  readonly status: string;
  readonly type: string;
}

export interface TwilioClient {
  send(request: SendRequest): Promise<SendOutcome>;
  fetchMessage(sid: string): Promise<Result<CarrierMessage>>;
  listMessages(request?: ListRequest): Promise<Result<MessagePage>>;
  listMedia(messageSid: string): Promise<Result<readonly MediaEntry[]>>;
  /** Loads a media address of this account, following at most three redirects. The credentials go to the account's own host only. */
  downloadMedia(url: string): Promise<Result<MediaFile>>;
  /** Are the credentials right and is the account active? */
  checkAccount(): Promise<Result<AccountInfo>>;
}
