/** What a schedule leaves for the oracle to judge, from records that none of our code has written for it. */
import type { CarrierKind } from './schedule.ts';

/** A text that the schedule handed over, with what it was told. */
export interface Handed {
  direction: 'inbound' | 'outbound';
  body: string;
  phone: string;
  ours: string;
  /** Outbound: the service's id once it was accepted; a problem code where it was refused for good. */
  id?: string;
  refused?: string;
  /** Every answer to the same request. */
  ids: string[];
  /** Before it was handed over for the first time. */
  sentAt: number;
  /** Inbound through the carrier: when the carrier was seen to begin with it. */
  begunAt?: number;
  /** When the service was seen to have it: it answered the request, or the carrier said that it took the text. */
  acceptedAt?: number;
}

export interface OrgRow {
  body: string;
  phone: string;
  ours: string;
  direction: string;
  sent: string;
  delivery: string;
  sequence: number;
  externalId: string;
}

export interface StatusMove {
  id: string;
  from: string;
  to: string;
  at: number;
}

/** What was done for the service after the faults were taken back, which it could not do itself or not soon. */
export interface Help {
  at: number;
  what:
    | 'clock turned forward'
    | 'lease of a process that is gone or frozen ended'
    | 'parked row retried by the admin’s button'
    | 'process started or thawed again'
    | 'user signed in again';
  why: string;
  rows: number;
}

/** A row that waited for a person. */
export interface Parked {
  row: number;
  kind: string;
  code: string;
  reason: string;
  since: string;
}

/** A time in which what became of the submissions under way could not come to the service, or not be stored. */
export interface Outage {
  what: string;
  from: number;
  to: number;
  /** Of one carrier only. */
  carrier?: CarrierKind;
}

/** Moments are milliseconds since 1970. */
export interface Facts {
  handed: readonly Handed[];
  /** When each phone sent STOP. */
  stopped: ReadonlyMap<string, number>;
  /** How often each phone sent STOP, and when the carrier first said that the service has taken it. */
  stops: ReadonlyMap<string, number>;
  stopTaken: ReadonlyMap<string, number>;
  org: readonly OrgRow[];
  /** Texts as each phone received them from each of our numbers, in order; the key is `phone ours`. */
  phones: ReadonlyMap<string, readonly string[]>;
  /** Parts of long texts that each phone received more than once, and dropped. */
  doubledParts: ReadonlyMap<string, number>;
  /** Every change of a message's status, in order, noted by the database itself. */
  moves: readonly StatusMove[];
  /** Token families that the org ended because an old token came again. */
  replayed: number;
  switches: readonly { from: string; cause: string }[];
  outages: readonly Outage[];
  /** Of how many submissions the carriers' faults have hidden the answers, at most. */
  hidden: Readonly<Record<CarrierKind, number>>;
  helps: readonly Help[];
  parked: readonly Parked[];
  /** Fail-points at which a process died. */
  crashes: readonly string[];
  /** Service processes that ended by themselves. */
  deaths: readonly string[];
  waiting: number;
  held: number;
  /** Rows to look at where something still waits; the oracle does not judge them. */
  left?: Record<string, unknown[]> | undefined;
}
