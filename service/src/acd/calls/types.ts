/** The lane that writes call records into the org. */
export const CALL_LANE = 'acd';
export const CALL_LANE_KEY = 'calls';
/** External id field of the package on activities; see `CallRecord.id`. */
export const CALL_ID_FIELD = 'SwitchboardCallId__c';

/** `call`: somebody took or missed a call. `task`, `event`: the caller is to be called back. */
export type CallKind = 'call' | 'task' | 'event';
/** In the order in which they come: a call that was missed may still be taken, one that has ended stays so. */
export const CALL_STATES = ['missed', 'answered', 'ended'] as const;
export type CallState = (typeof CALL_STATES)[number];

export interface CallDetails {
  /** Days as `2026-11-29`. */
  dueDate?: string | undefined;
  notes?: string | undefined;
  /** Instants, ISO 8601 UTC. */
  startAt?: string | undefined;
  endAt?: string | undefined;
  seconds?: number | undefined;
  disposition?: string | undefined;
}

/** What is told of a call, or to be done about it. */
export interface CallReport {
  kind: CallKind;
  /** Our id of the phone system. */
  pbx: string | null;
  caller: string;
  called: string;
  lookup: string | null;
  caseNumber: string;
  state: CallState | null;
  /** Who took it. */
  extension: string | null;
  details: CallDetails;
  /** What the IVR asked, by name. */
  parameters: Record<string, string>;
}

/** Who it is about, and whose it is. Ids of the org. */
export interface CallParty {
  whoId: string | null;
  whatId: string | null;
  ownerId: string | null;
  /** The user who took the call. */
  takerId: string | null;
  /** What the agent's screen shows. */
  recordId: string | null;
  /** Name of that record. */
  who: string | null;
}

export interface CallRecord extends CallReport, CallParty {
  /** Also the external id of the task or event in the org. */
  id: string;
  stateAt: Date;
  foundAt: Date | null;
  poppedAt: Date | null;
  /** When it was first known to be in the org. */
  madeAt: Date | null;
  writtenAt: Date | null;
  createdAt: Date;
}
