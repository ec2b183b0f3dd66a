import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import setOptOut from '@salesforce/apex/MessagingController.setOptOut';
import { takeBack } from 'c/coreForm';
import { labels } from './labels';

/** Opened with `{label, number, optedOut}`; closes with `{optedOut}` (the new state), or with nothing when given up. */
export default class MessagingOptOut extends LightningModal {
  /** E.164. */
  @api number = '';
  /** The state now; the dialog offers the other one. */
  @api optedOut = false;

  labels = labels;
  reason = '';
  saving = false;
  error: unknown;

  get question(): string {
    return this.optedOut ? labels.inQuestion : labels.outQuestion;
  }

  get saveLabel(): string {
    return this.optedOut ? labels.inSave : labels.outSave;
  }

  get saveVariant(): string {
    return this.optedOut ? 'brand' : 'destructive';
  }

  handleReason(event: CustomEvent<{ value: string }>): void {
    this.reason = event.detail.value;
    takeBack(event);
  }

  async handleSave(): Promise<void> {
    const field = this.template!.querySelector('lightning-textarea');
    field?.setCustomValidity(this.reason.trim() ? '' : labels.reasonMissing);
    const valid = field?.reportValidity() !== false && this.reason.trim() !== '';
    if (!valid) field?.focus();
    if (this.saving || !valid) return;
    this.saving = this.disableClose = true;
    this.error = undefined;
    try {
      const state = this.optedOut ? 'opted_in' : 'opted_out';
      await setOptOut({ body: { number: this.number, state, reason: this.reason.trim() } });
      this.disableClose = false;
      this.close({ optedOut: !this.optedOut });
    } catch (error) {
      this.error = error;
      this.saving = this.disableClose = false;
    }
  }

  handleCancel(): void {
    this.close();
  }
}
