import { LightningElement, api } from 'lwc';
import type { Connection, ConnectionAction } from 'c/connectionsModel';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

const STATUS = {
  connected: { word: labels.connected, badge: 'slds-theme_success' },
  requested: { word: labels.requested, badge: '' },
  disconnected: { word: labels.disconnected, badge: 'slds-theme_error' },
};

interface Button {
  action: ConnectionAction;
  label: string;
  name: string;
  variant: string;
}

/** One connected user. Fires `connectionaction` (`{action, id}`); the page does the work. */
export default class ConnectionsCard extends LightningElement {
  labels = labels;

  @api connection!: Connection;
  /** Place among the standby users, from 1, and their number: which way it can be moved. */
  @api place = 1;
  @api places = 1;
  /** An action of this user is under way. */
  @api busy = false;

  /** Puts the focus on an action's button, or on its neighbour where that one cannot be pressed any more. */
  @api focusAction(action: ConnectionAction): void {
    const buttons = [...(this.template?.querySelectorAll<HTMLButtonElement>(`[data-action="${action}"], [data-action]`) ?? [])];
    const wanted = buttons.find((button) => button.dataset['action'] === action && !button.disabled);
    (wanted ?? buttons.find((button) => !button.disabled))?.focus();
  }

  get status(): { word: string; badge: string } {
    return STATUS[this.connection.status];
  }

  get isMain(): boolean {
    return this.connection.role === 'main';
  }

  get isStandby(): boolean {
    return this.connection.role === 'standby' && this.places > 1;
  }

  get roleText(): string {
    return this.isMain ? labels.main : fill(labels.standby, this.place);
  }

  get sinceText(): string {
    const { status, since, invitedAt } = this.connection;
    if (status === 'requested') return fill(labels.invitedAt, formatDateTime(invitedAt ?? since));
    const template = status === 'disconnected' ? labels.disconnectedSince : this.isMain ? labels.mainSince : labels.standbySince;
    return fill(template, formatDateTime(since));
  }

  get lastOkText(): string {
    const { lastOkAt, status } = this.connection;
    if (status === 'requested') return '';
    return lastOkAt ? fill(labels.lastOk, formatDateTime(lastOkAt)) : labels.lastOkNever;
  }

  get inviteText(): string {
    const { status, inviteExpiresAt } = this.connection;
    if (status !== 'requested' || this.isInviteLost) return '';
    if (!inviteExpiresAt) return labels.inviteByMail;
    const expired = Date.parse(inviteExpiresAt) < Date.now();
    return fill(expired ? labels.inviteExpired : labels.inviteValid, formatDateTime(inviteExpiresAt));
  }

  /** The mail with the invitation could not be delivered: there is no link to wait for. */
  get isInviteLost(): boolean {
    return this.connection.cause?.startsWith('mail_') ?? false;
  }

  /** What an invited user does next stands with the invitation. */
  get nextStepText(): string {
    return this.connection.status === 'requested' && !this.isInviteLost ? '' : (this.connection.nextStep ?? '');
  }

  get problemText(): string {
    return this.connection.causeText ?? '';
  }

  get missingText(): string {
    const { missing, permissionSetAssigned } = this.connection;
    if (missing && missing.length > 0) return fill(labels.missing, missing.join(', '));
    return permissionSetAssigned === false ? labels.permissionSet : '';
  }

  get cannotMoveUp(): boolean {
    return this.busy || this.place <= 1;
  }

  get cannotMoveDown(): boolean {
    return this.busy || this.place >= this.places;
  }

  get moveUpLabel(): string {
    return fill(labels.moveUp, this.connection.name);
  }

  get moveDownLabel(): string {
    return fill(labels.moveDown, this.connection.name);
  }

  get buttons(): Button[] {
    const { status, name } = this.connection;
    const all: (Button & { shown: boolean })[] = [
      { action: 'reconnect', label: labels.reconnect, name: labels.reconnectOf, variant: 'brand', shown: status === 'disconnected' },
      { action: 'reconnect', label: labels.resend, name: labels.resendOf, variant: 'neutral', shown: status === 'requested' },
      { action: 'test', label: labels.test, name: labels.testOf, variant: 'neutral', shown: status !== 'requested' },
      {
        action: 'makeMain',
        label: labels.makeMain,
        name: labels.makeMainOf,
        variant: 'neutral',
        shown: status === 'connected' && !this.isMain,
      },
      { action: 'remove', label: labels.remove, name: labels.removeOf, variant: 'destructive-text', shown: true },
    ];
    return all.filter(({ shown }) => shown).map((button) => ({ ...button, name: fill(button.name, name) }));
  }

  handleAction(event: Event): void {
    const action = (event.currentTarget as HTMLElement).dataset['action'] as ConnectionAction;
    this.dispatchEvent(new CustomEvent('connectionaction', { detail: { action, id: this.connection.id } }));
  }
}
