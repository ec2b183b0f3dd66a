import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import addPhoneSystem from '@salesforce/apex/AcdController.addPhoneSystem';
import changePhoneSystem from '@salesforce/apex/AcdController.changePhoneSystem';
import { filled } from 'c/acdModel';
import type { DiallingRules, PhoneSystem } from 'c/acdModel';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { countryOptions, ownCountry } from 'c/messagingSetupModel';
import { labels } from './labels';

/** Adds or changes a phone system. Closes with the stored one (a new one with its `key`) or, when cancelled, with nothing. */
export default class AcdPhoneSystemForm extends LightningModal {
  labels = labels;
  name = '';
  rules: DiallingRules = { country: ownCountry() };
  tokenInUrl = false;
  busy = false;
  error: unknown;
  countries = countryOptions();

  /** The phone system to change; without it a new one is added. */
  @api phoneSystem: PhoneSystem | undefined;

  connectedCallback(): void {
    if (!this.phoneSystem) return;
    this.name = this.phoneSystem.name;
    this.rules = { ...this.phoneSystem.rules };
    this.tokenInUrl = this.phoneSystem.tokenInUrl;
  }

  get title(): string {
    return this.phoneSystem ? fill(labels.editOf, this.phoneSystem.name) : labels.addPhoneSystem;
  }

  handleName(event: CustomEvent<{ value: string }>): void {
    this.name = event.detail.value;
  }

  handleRule(event: CustomEvent<{ value?: string; checked?: boolean }>): void {
    const { rule = '' } = (event.currentTarget as HTMLElement).dataset;
    const value = rule === 'keepLongDistancePrefix' ? Boolean(event.detail.checked) : (event.detail.value ?? '').trim();
    this.rules = { ...this.rules, [rule]: value };
  }

  handleTokenInUrl(event: CustomEvent<{ checked: boolean }>): void {
    this.tokenInUrl = event.detail.checked;
  }

  async handleSave(): Promise<void> {
    if (!checkFields(this.template)) return;
    this.busy = true;
    this.error = undefined;
    try {
      const body = { name: this.name.trim(), rules: filled(this.rules), tokenInUrl: this.tokenInUrl };
      this.close(this.phoneSystem ? await changePhoneSystem({ id: this.phoneSystem.id, body }) : await addPhoneSystem({ body }));
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.busy = false;
  }

  handleCancel(): void {
    this.close();
  }
}
