import type { CarrierState } from '../types.ts';
import type { Submission } from '../store/messages.ts';

/** What a carrier calls one part of a message; `key` is the tolerant form of its id. */
export interface CarrierPart {
  part: number;
  carrierId: string;
  key: string;
}

/**
 * What became of a submission. `parts` were accepted. *retry* is safe: the rest never reached the carrier or was refused for now.
 * `refused`: the carrier had it and said no for now, which it may do for ever; else it was not reached or asked to slow down.
 * *unknown* (`part` is in doubt) left and no answer came: it is settled by a receipt, by the carrier's list or by a person, never by sending it again.
 */
export type SubmitResult =
  | { kind: 'accepted'; parts: CarrierPart[] }
  | { kind: 'rejected'; parts: CarrierPart[]; code: string; text: string; scope: 'message' | 'account' }
  | { kind: 'retry'; parts: CarrierPart[]; afterMs: number; code: string; text: string; refused?: boolean }
  | { kind: 'unknown'; parts: CarrierPart[]; why: string; part: number };

/** An open way to a carrier account, held by the one worker that leases the account. */
export interface CarrierSession {
  /** `acceptedParts` of an earlier try are not sent again. */
  submit(message: Submission, acceptedParts: number): Promise<SubmitResult>;
  close(): Promise<void>;
}

/** How a session tells its worker what happened. */
export interface SessionEvents {
  onState(state: CarrierState, text: string): void;
}
