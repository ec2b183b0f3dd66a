import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { CARRIER_KINDS, CARRIER_STATES } from 'c/messagingSetupModel';
import type { CarrierAccount } from 'c/messagingSetupModel';
import { labels } from './labels';

/** Table of carrier accounts. Fires `addaccount`, and `editaccount`, `testaccount`, `removeaccount` with `{id}`. */
export default class MessagingCarrierAccounts extends LightningElement {
  labels = labels;

  @api accounts: CarrierAccount[] = [];
  /** Account whose action is under way. */
  @api busyId = '';

  /** Focuses the edit button of an account, or the add button where there is no such row. */
  @api focusRow(id: string): void {
    const row = id && this.template?.querySelector<HTMLElement>(`.edit[data-id="${id}"]`);
    (row || this.template?.querySelector<HTMLElement>('.add'))?.focus();
  }

  get isEmpty(): boolean {
    return this.accounts.length === 0;
  }

  get rows(): object[] {
    return this.accounts.map((account) => ({
      ...account,
      ...CARRIER_STATES[account.state],
      kindLabel: CARRIER_KINDS[account.kind],
      since: fill(labels.since, formatDateTime(account.stateSince)),
      pace: fill(account.kind === 'smpp' ? labels.paceSmpp : labels.pace, account.ratePerSecond, account.windowSize),
      busy: account.id === this.busyId,
      hasUrls: Boolean(account.webhookUrl || account.statusUrl),
      editName: fill(labels.editOf, account.label),
      testName: fill(labels.testOf, account.label),
      removeName: fill(labels.removeOf, account.label),
    }));
  }

  handleAdd(): void {
    this.dispatchEvent(new CustomEvent('addaccount'));
  }

  handleRow(event: Event): void {
    const { id, event: name } = (event.currentTarget as HTMLElement).dataset;
    this.dispatchEvent(new CustomEvent(name ?? '', { detail: { id } }));
  }
}
