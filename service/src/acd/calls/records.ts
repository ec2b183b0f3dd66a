import type { SObjectRecord } from '../../gateways/salesforce/index.ts';
import { formatNumber } from '../../platform/phone.ts';
import { CALL_ID_FIELD, type CallRecord } from './types.ts';

/** Task and event of the org: as long as its fields are (Task, Object Reference for the Salesforce Platform). */
const SUBJECT = 255;
const DESCRIPTION = 32_000;

/** Which object of the org a record becomes. */
export const objectOf = ({ kind }: Pick<CallRecord, 'kind'>): 'Task' | 'Event' => (kind === 'event' ? 'Event' : 'Task');

/**
 * A task or event as it is to be in the org. Whose it is and whom it is about is written a single time, and so is what an agent may change
 * afterwards; of a call its state and what was told later.
 */
export function activityRecord(call: CallRecord, queueId: string | undefined): SObjectRecord {
  const isNew = call.writtenAt === null;
  return {
    [CALL_ID_FIELD]: call.id,
    ...(isNew && partyOf(call, queueId)),
    ...(isNew && { Subject: subjectOf(call).slice(0, SUBJECT) }),
    Description: descriptionOf(call).slice(0, DESCRIPTION),
    ...(call.kind === 'event' ? eventFields(call) : taskFields(call, isNew)),
  };
}

function partyOf({ whoId, whatId, ownerId, kind }: CallRecord, queueId: string | undefined): SObjectRecord {
  const owner = ownerId ?? (kind === 'event' ? undefined : queueId);
  return { ...(whoId && { WhoId: whoId }), ...(whatId && { WhatId: whatId }), ...(owner && { OwnerId: owner }) };
}

function subjectOf({ kind, state, caller, who }: CallRecord): string {
  const from = who ?? (caller === '' ? 'unknown caller' : formatNumber(caller));
  if (kind !== 'call') return `Call back ${from}`;
  return `${state === 'missed' ? 'Missed call from' : 'Call from'} ${from}`;
}

function descriptionOf({ caller, called, details, parameters }: CallRecord): string {
  const lines = [
    details.notes ?? '',
    ...(caller === '' ? [] : [`Caller: ${formatNumber(caller)}`]),
    ...(called === '' ? [] : [`Called: ${formatNumber(called)}`]),
    ...Object.entries(parameters).map(([name, value]) => `${name}: ${value}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

const day = (at: Date | string): string => new Date(at).toISOString().slice(0, 10);

function taskFields({ kind, state, details, createdAt, madeAt }: CallRecord, isNew: boolean): SObjectRecord {
  // Orgs take it for a new record only.
  const subtype = madeAt === null && { TaskSubtype: 'Call' };
  if (kind === 'task') return { ...subtype, ...(isNew && { Status: 'Not Started', ActivityDate: details.dueDate ?? day(createdAt) }) };
  return {
    ...subtype,
    ...(isNew && { CallType: 'Inbound', ActivityDate: day(details.startAt ?? createdAt) }),
    Status: state === 'ended' ? 'Completed' : state === 'answered' ? 'In Progress' : 'Not Started',
    ...(details.seconds !== undefined && { CallDurationInSeconds: details.seconds }),
    ...(details.disposition !== undefined && { CallDisposition: details.disposition }),
  };
}

/** An event that somebody deleted is made anew, and wants its times. */
const eventFields = ({ details }: CallRecord): SObjectRecord => ({ StartDateTime: details.startAt, EndDateTime: details.endAt });
