import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import endTokens from '@salesforce/apex/AcdController.endTokens';
import issueToken from '@salesforce/apex/AcdController.issueToken';
import type { PhoneSystem } from 'c/acdModel';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

/** Makes a token of a phone system, which is shown only here, or ends all of them. */
export default class AcdToken extends LightningModal {
  labels = labels;
  days = '365';
  replace = false;
  secret = '';
  expiresAt = '';
  endedText = '';
  busy = false;
  error: unknown;
  heading = '';

  @api phoneSystem!: PhoneSystem;

  get title(): string {
    return fill(labels.tokenOf, this.phoneSystem.name);
  }

  get endsText(): string {
    return fill(labels.tokenEnds, formatDateTime(this.expiresAt));
  }

  get canMake(): boolean {
    return !this.secret;
  }

  get closeLabel(): string {
    return this.secret ? labels.done : labels.cancel;
  }

  handleDays(event: CustomEvent<{ value: string }>): void {
    this.days = event.detail.value;
  }

  handleReplace(event: CustomEvent<{ checked: boolean }>): void {
    this.replace = event.detail.checked;
  }

  async handleMake(): Promise<void> {
    if (!checkFields(this.template)) return;
    await this.run(labels.tokenFailed, async () => {
      const body = { days: Number(this.days), replace: this.replace };
      const { token, expiresAt } = await issueToken<{ token: string; expiresAt: string }>({ id: this.phoneSystem.id, body });
      Object.assign(this, { secret: token, expiresAt });
    });
  }

  async handleEnd(): Promise<void> {
    const sure = await LightningConfirm.open({ label: labels.endTokensTitle, message: labels.endTokensText, theme: 'warning' });
    if (!sure) return;
    await this.run(labels.endTokensFailed, async () => {
      await endTokens({ id: this.phoneSystem.id });
      this.endedText = labels.tokensEnded;
    });
  }

  async run(heading: string, work: () => Promise<void>): Promise<void> {
    this.busy = true;
    Object.assign(this, { error: undefined, endedText: '', heading });
    try {
      await work();
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.busy = false;
  }

  handleClose(): void {
    this.close();
  }
}
