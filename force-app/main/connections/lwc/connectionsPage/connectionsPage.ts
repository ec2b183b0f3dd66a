import { LightningElement, api } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import makeMain from '@salesforce/apex/ConnectionsController.makeMain';
import reconnect from '@salesforce/apex/ConnectionsController.reconnect';
import remove from '@salesforce/apex/ConnectionsController.remove';
import reorder from '@salesforce/apex/ConnectionsController.reorder';
import test from '@salesforce/apex/ConnectionsController.test';
import ConnectionsInvite from 'c/connectionsInvite';
import { inOrder, MAX_CONNECTIONS, moved, working } from 'c/connectionsModel';
import type { Connection, ConnectionAction } from 'c/connectionsModel';
import type { Org } from 'c/coreOrg';
import { fill } from 'c/coreText';
import { labels } from './labels';

interface CardProps {
  connection: Connection;
  key: string;
  place: number;
  places: number;
  busy: boolean;
}

/** Connected users of the org. The list comes from the setup tab; after each change `refresh` asks it to read again. */
export default class ConnectionsPage extends LightningElement {
  labels = labels;
  busyId = '';
  error: unknown;
  errorHeading = '';
  announcement = '';
  /** Where the focus belongs once the fresh list is shown. */
  pendingFocus: { id: string; action: ConnectionAction } | undefined;
  shown: Connection[] = [];
  listIsFresh = false;

  @api org: Org | undefined;

  @api get connections(): Connection[] {
    return this.shown;
  }

  set connections(value: Connection[]) {
    this.shown = inOrder(value ?? []);
    this.listIsFresh = true;
  }

  renderedCallback(): void {
    if (!this.listIsFresh || !this.pendingFocus || this.busyId) return;
    const { id, action } = this.pendingFocus;
    this.pendingFocus = undefined;
    const card = this.template?.querySelector<HTMLElement & { focusAction(action: ConnectionAction): void }>(`[data-id="${id}"]`);
    if (card) card.focusAction(action);
    else this.template?.querySelector<HTMLElement>(this.cannotInvite ? '.summary' : '.invite')?.focus();
  }

  get cards(): CardProps[] {
    const standby = this.shown.filter(({ role }) => role === 'standby').map(({ id }) => id);
    return this.shown.map((connection) => ({
      connection,
      key: connection.id,
      place: standby.indexOf(connection.id) + 1,
      places: standby.length,
      busy: this.busyId === connection.id,
    }));
  }

  get isEmpty(): boolean {
    return this.shown.length === 0;
  }

  /** Without a connected user nobody can be looked up in the org. */
  get cannotInvite(): boolean {
    return this.isFull || this.isEmpty;
  }

  get isFull(): boolean {
    return this.shown.length >= MAX_CONNECTIONS;
  }

  get summary(): string {
    const ready = working(this.shown);
    const main = ready.find(({ role }) => role === 'main');
    if (!main) return labels.summaryDown;
    const spares = ready.length - 1;
    if (spares === 0) return fill(this.isFull ? labels.summaryLostSpare : labels.summaryNoSpare, main.name);
    return fill(spares === 1 ? labels.summaryOneSpare : labels.summarySpares, main.name, spares);
  }

  get places(): string {
    return fill(labels.placesUsed, this.shown.length, MAX_CONNECTIONS);
  }

  async handleInvite(): Promise<void> {
    const result = (await ConnectionsInvite.open({ label: labels.inviteTitle, size: 'small' })) as { connection: Connection } | undefined;
    this.template?.querySelector<HTMLElement>('.invite')?.focus();
    if (!result) return;
    this.toast('success', fill(labels.invited, result.connection.name), labels.invitedText);
    this.refresh();
  }

  async handleAction(event: CustomEvent<{ action: ConnectionAction; id: string }>): Promise<void> {
    const { action, id } = event.detail;
    const connection = this.shown.find((candidate) => candidate.id === id);
    if (!connection) return;
    if (action === 'remove' && !(await this.confirmRemoval(connection))) return;
    this.busyId = id;
    this.error = undefined;
    try {
      await this.perform(action, connection);
    } catch (error) {
      this.error = error;
      this.errorHeading = fill(labels.actionFailed, connection.name);
    }
    this.busyId = '';
    this.pendingFocus = { id, action };
    this.listIsFresh = this.error !== undefined;
    this.refresh();
  }

  perform(action: ConnectionAction, connection: Connection): Promise<void> {
    const { id } = connection;
    switch (action) {
      case 'test':
        return this.test(connection);
      case 'makeMain':
        return this.report(makeMain({ id }), fill(labels.madeMain, connection.name));
      case 'reconnect':
        return this.report(reconnect({ id }), fill(labels.linkSent, connection.name), labels.invitedText);
      case 'remove':
        return this.report(remove({ id, confirm: this.isLast(connection) ? 'true' : '' }), fill(labels.removed, connection.name));
      case 'up':
      case 'down':
        return this.move(connection, action === 'up' ? -1 : 1);
    }
  }

  async test({ id }: Connection): Promise<void> {
    const { name, status, causeText, nextStep } = await test<Connection>({ id });
    if (status === 'connected') this.toast('success', fill(labels.testOk, name));
    else this.toast('error', fill(labels.testFailed, name), [causeText, nextStep].filter(Boolean).join(' '));
  }

  async move({ id, name }: Connection, step: 1 | -1): Promise<void> {
    const ids = moved(
      this.shown.map((connection) => connection.id),
      id,
      step,
    );
    await reorder({ body: { ids } });
    const standby = ids.filter((candidate) => this.shown.find((connection) => connection.id === candidate)?.role === 'standby');
    this.announcement = fill(labels.moved, name, standby.indexOf(id) + 1, standby.length);
  }

  async report(work: Promise<unknown>, title: string, message = ''): Promise<void> {
    await work;
    this.toast('success', title, message);
  }

  /** Without it nothing reaches the org any more. */
  isLast({ id }: Connection): boolean {
    const ready = working(this.shown);
    return ready.length === 1 && ready[0]?.id === id;
  }

  confirmRemoval(connection: Connection): Promise<boolean> {
    const connected = this.isLast(connection) ? labels.confirmRemoveLast : labels.confirmRemove;
    const text = { connected, requested: labels.confirmWithdraw, disconnected: labels.confirmRemoveLost }[connection.status];
    return LightningConfirm.open({
      label: fill(labels.confirmTitle, connection.name),
      message: fill(text, connection.name),
      theme: 'warning',
    });
  }

  toast(variant: 'success' | 'error', title: string, message = ''): void {
    this.dispatchEvent(new ShowToastEvent({ title, message, variant, mode: variant === 'error' ? 'sticky' : 'dismissible' }));
  }

  refresh(): void {
    this.dispatchEvent(new CustomEvent('refresh'));
    this.template?.querySelector<HTMLElement & { refresh(): void }>('c-connections-timeline')?.refresh();
  }

  handleRefresh(): void {
    this.refresh();
  }
}
