import { LightningElement, api } from 'lwc';
import type { AcdConnectionState } from 'c/acdModel';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

const BADGES = { active: 'slds-theme_success', standby: 'slds-theme_warning', inactive: 'slds-theme_error' };

/** Whether look-ups reach the org, since when and why, and the Org Id that phone systems give. Fires `connect` and `disconnect`. */
export default class AcdConnection extends LightningElement {
  labels = labels;

  @api connection!: AcdConnectionState;
  @api busy = false;

  get statusText(): string {
    return { active: labels.active, standby: labels.standby, inactive: labels.inactive }[this.connection.status];
  }

  get badgeClass(): string {
    return `slds-badge ${BADGES[this.connection.status]}`;
  }

  get sinceText(): string {
    const { since } = this.connection;
    return since ? fill(labels.since, formatDateTime(since)) : '';
  }

  get holderText(): string {
    return fill(labels.heldBy, this.connection.holder);
  }

  get connectLabel(): string {
    return this.connection.isOn ? labels.refreshConnection : labels.connect;
  }

  get connectVariant(): string {
    return this.connection.status === 'active' ? 'neutral' : 'brand';
  }

  handleConnect(): void {
    this.dispatchEvent(new CustomEvent('connect'));
  }

  handleDisconnect(): void {
    this.dispatchEvent(new CustomEvent('disconnect'));
  }
}
