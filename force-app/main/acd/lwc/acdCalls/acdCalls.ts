import { LightningElement, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { EnclosingUtilityId, open, updateUtility } from 'lightning/platformUtilityBarApi';
import { refreshApex } from '@salesforce/apex';
import myCalls from '@salesforce/apex/CallReads.myCalls';
import CALL_ID from '@salesforce/schema/Task.SwitchboardCallId__c';
import USER_ID from '@salesforce/user/Id';
import { watchEvents } from 'c/coreEvents';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { formatAge, formatDateTime } from 'c/coreTime';
import { labels } from './labels';

const NEWEST = 20;
const AGES_MS = 60_000;
const prefix = CALL_ID.fieldApiName.replace(/SwitchboardCallId__c$/, '');
/** Tells who took which call. */
const callChannel = `/event/${prefix}CallTaken__e`;

interface CallRow {
  Id: string;
  Subject?: string;
  Status?: string;
  WhoId?: string;
  WhatId?: string;
  CreatedDate: string;
}

/** A call as a row shows it. */
interface CallItem {
  id: string;
  subject: string;
  status: string;
  age: string;
  fullTime: string;
}

/**
 * The user's own calls in the utility bar. When the user takes a call the caller's record opens; where nobody in the org has the number, this
 * list does.
 */
export default class AcdCalls extends NavigationMixin(LightningElement) {
  labels = labels;
  newest = NEWEST;

  calls: CallRow[] | undefined;
  error: unknown;
  announcement = '';
  now = Date.now();
  utilityId: string | undefined;
  wired: { data?: CallRow[]; error?: unknown } | undefined;
  shown = new Set<string>();
  stopWatching: (() => void) | undefined;
  clock: Poll | undefined;

  connectedCallback(): void {
    this.stopWatching = watchEvents(callChannel, (payload) => this.receiveEvent(payload));
    this.clock = startPoll(() => (this.now = Date.now()), AGES_MS);
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.clock?.stop();
  }

  @wire(EnclosingUtilityId)
  receiveUtility(id: string | undefined): void {
    this.utilityId = id;
  }

  @wire(myCalls, { size: '$newest' })
  receiveCalls(wired: { data?: CallRow[]; error?: unknown }): void {
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (wired.data) this.calls = wired.data;
  }

  get isLoading(): boolean {
    return !this.calls && !this.error;
  }

  get loadError(): unknown {
    return this.calls ? undefined : this.error;
  }

  get isEmpty(): boolean {
    return this.calls?.length === 0;
  }

  get items(): CallItem[] {
    const now = Math.max(this.now, Date.now());
    return (this.calls ?? []).map(({ Id, Subject = '', Status = '', CreatedDate }) => ({
      id: Id,
      subject: Subject || labels.call,
      status: Status,
      age: formatAge(CreatedDate, now),
      fullTime: formatDateTime(CreatedDate),
    }));
  }

  /** Without a payload events may have been missed: the list tells of them, and nobody's page changes behind their back. */
  receiveEvent(payload: Record<string, unknown> | undefined): void {
    if (!payload) {
      void this.reread();
      return;
    }
    const held = (field: string): string => String(payload[`${prefix}${field}`] ?? '');
    const callId = held('CallId__c');
    if (held('UserId__c').slice(0, 15) !== USER_ID.slice(0, 15) || this.shown.has(callId)) return;
    this.shown.add(callId);
    const recordId = held('RecordId__c');
    this.announcement = recordId ? labels.opened : labels.nobody;
    if (recordId) this.openRecord(recordId);
    else this.showPanel();
    void this.reread();
  }

  showPanel(): void {
    if (!this.utilityId) return;
    updateUtility(this.utilityId, { highlighted: true }).catch(() => undefined);
    open(this.utilityId).catch(() => undefined);
  }

  reread(): Promise<unknown> {
    return Promise.resolve(this.wired && refreshApex(this.wired)).catch(() => undefined);
  }

  /** The person, or what the call was about, or the call itself. */
  handleOpen(event: Event): void {
    const id = (event.currentTarget as HTMLElement).dataset['id'] ?? '';
    const call = this.calls?.find(({ Id }) => Id === id);
    this.openRecord(call?.WhoId || call?.WhatId || id);
    if (this.utilityId) updateUtility(this.utilityId, { highlighted: false }).catch(() => undefined);
  }

  openRecord(recordId: string): void {
    this[NavigationMixin.Navigate]({ type: 'standard__recordPage', attributes: { recordId, actionName: 'view' } });
  }

  handleRetry(): void {
    this.error = undefined;
    void this.reread();
  }
}
