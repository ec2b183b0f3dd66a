import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import resolveUnknown from '@salesforce/apex/MessagingController.resolveUnknown';
import { labels } from './labels';

/** What a person found out about a message; `resend` may reach the phone twice. */
export type Settlement = 'sent' | 'failed' | 'resend';

/** Opened with `{label, messageId, text}`; closes with `{outcome}`, or with nothing when given up. */
export default class MessagingSettle extends LightningModal {
  /** External id of the message. */
  @api messageId = '';
  /** Text of the message, shown so that nobody settles the wrong one. */
  @api text = '';

  labels = labels;
  outcome: Settlement | '' = '';
  reason = '';
  saving = false;
  error: unknown;

  options: { label: string; value: Settlement }[] = [
    { label: labels.sent, value: 'sent' },
    { label: labels.itFailed, value: 'failed' },
    { label: labels.resend, value: 'resend' },
  ];

  handleOutcome({ detail }: CustomEvent<{ value: string }>): void {
    this.outcome = detail.value as Settlement;
  }

  handleReason({ detail }: CustomEvent<{ value: string }>): void {
    this.reason = detail.value;
  }

  async handleSave(): Promise<void> {
    const { outcome } = this;
    const reason = this.reason.trim();
    if (this.saving || !this.isValid(reason) || !outcome) return;
    this.saving = this.disableClose = true;
    this.error = undefined;
    try {
      await resolveUnknown({ id: this.messageId, body: { outcome, reason } });
      this.disableClose = false;
      this.close({ outcome });
    } catch (error) {
      this.error = error;
      this.saving = this.disableClose = false;
    }
  }

  /** The group checks itself, because it is required; the text also wants more than blanks. */
  isValid(reason: string): boolean {
    const choice = this.template!.querySelector('lightning-radio-group');
    const field = this.template!.querySelector('lightning-textarea');
    field?.setCustomValidity(reason ? '' : labels.reasonMissing);
    const wrong = [choice, field].filter((input) => input?.reportValidity() === false);
    wrong[0]?.focus();
    return wrong.length === 0 && reason !== '';
  }

  handleCancel(): void {
    this.close();
  }
}
