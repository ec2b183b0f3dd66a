import { LightningElement, api } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import updateOrg from '@salesforce/apex/SetupController.updateOrg';
import { checkFields } from 'c/coreForm';
import type { Org } from 'c/coreOrg';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** Message connection on or off, and the addresses that are told. Every change is saved at once; `refresh` says that it was. */
export default class ConnectionsSettings extends LightningElement {
  labels = labels;
  saving = false;
  error: unknown;
  address = '';

  @api org: Org | undefined;

  get isOn(): boolean {
    return this.org?.connectionMode ?? false;
  }

  get modeText(): string {
    return this.isOn ? labels.modeOn : labels.modeOff;
  }

  get addresses(): string[] {
    return this.org?.notifyEmails ?? [];
  }

  get pills(): { label: string; name: string; removeLabel: string }[] {
    return this.addresses.map((address) => ({ label: address, name: address, removeLabel: fill(labels.removeAddress, address) }));
  }

  get hasNoAddress(): boolean {
    return this.addresses.length === 0;
  }

  async handleMode(event: CustomEvent<{ checked: boolean }>): Promise<void> {
    const toggle = event.currentTarget as HTMLInputElement;
    const on = event.detail.checked;
    const sure = on || (await LightningConfirm.open({ label: labels.confirmOffTitle, message: labels.confirmOff, theme: 'warning' }));
    if (sure && (await this.save({ connectionMode: on }, on ? labels.switchedOn : labels.switchedOff))) return;
    toggle.checked = this.isOn; // the switch shows what is, not what was tried
    toggle.focus();
  }

  handleAddress(event: CustomEvent<{ value: string }>): void {
    this.address = event.detail.value;
  }

  handleKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') void this.handleAdd();
  }

  async handleAdd(): Promise<void> {
    const address = this.address.trim();
    if (!address || !checkFields(this.template)) return;
    const known = this.addresses.some((other) => other.toLowerCase() === address.toLowerCase());
    if (known || (await this.save({ notifyEmails: [...this.addresses, address] }, fill(labels.addressAdded, address)))) this.address = '';
  }

  async handleRemove(event: Event): Promise<void> {
    const { name } = (event.currentTarget as HTMLElement).dataset;
    const notifyEmails = this.addresses.filter((address) => address !== name);
    await this.save({ notifyEmails }, fill(labels.addressRemoved, name ?? ''));
    this.template?.querySelector<HTMLElement>('.address')?.focus();
  }

  async save(body: Record<string, unknown>, done: string): Promise<boolean> {
    this.saving = true;
    this.error = undefined;
    try {
      await updateOrg({ body });
      this.dispatchEvent(new ShowToastEvent({ title: done, variant: 'success' }));
      this.dispatchEvent(new CustomEvent('refresh'));
    } catch (error) {
      this.error = error;
    }
    this.saving = false;
    return this.error === undefined;
  }
}
