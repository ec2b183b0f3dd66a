import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import createCarrierAccount from '@salesforce/apex/MessagingSetupController.createCarrierAccount';
import updateCarrierAccount from '@salesforce/apex/MessagingSetupController.updateCarrierAccount';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { CARRIER_KINDS } from 'c/messagingSetupModel';
import type { CarrierAccount, CarrierKind } from 'c/messagingSetupModel';
import { fieldsOf, SECRET, startValues, toBody } from './fields';
import type { FieldSpec, Values } from './fields';
import { labels } from './labels';

/**
 * Adds or changes a carrier account. Saving tests it; the result is shown before the dialog closes.
 * Credentials are only ever written: an empty field leaves the stored one as it is.
 */
export default class MessagingCarrierForm extends LightningModal {
  labels = labels;
  kind: CarrierKind = 'twilio';
  values: Values = {};
  saved: CarrierAccount | undefined;
  /** The last save went through, and with it the test. */
  tested = false;
  busy = false;
  error: unknown;

  /** The account to change; without it a new one is added. */
  @api account: CarrierAccount | undefined;

  connectedCallback(): void {
    this.saved = this.account;
    this.kind = this.account?.kind ?? 'twilio';
    this.values = startValues(this.kind, this.account);
  }

  get title(): string {
    return this.account ? fill(labels.editAccountOf, this.account.label) : labels.newAccount;
  }

  get isNew(): boolean {
    return !this.saved;
  }

  get kindOptions(): { label: string; value: string }[] {
    return Object.entries(CARRIER_KINDS).map(([value, label]) => ({ value, label }));
  }

  get kindLabel(): string {
    return CARRIER_KINDS[this.kind];
  }

  get fields(): object[] {
    return fieldsOf(this.kind).map((field) => ({
      ...field,
      ...this.secretProps(field),
      value: this.values[field.path],
      isCheckbox: field.type === 'checkbox',
    }));
  }

  get saveLabel(): string {
    return this.busy ? labels.savingAndTesting : labels.saveAndTest;
  }

  get closeLabel(): string {
    return this.tested ? labels.done : labels.cancel;
  }

  secretProps({ type, required }: FieldSpec): { placeholder: string; required: boolean; autocomplete: string } {
    const stored = type === 'password' && Boolean(this.saved?.hasSecret);
    return {
      placeholder: stored ? labels.stored : '',
      required: Boolean(required) && !stored,
      autocomplete: type === 'password' ? 'new-password' : 'off',
    };
  }

  handleKind(event: CustomEvent<{ value: string }>): void {
    this.kind = event.detail.value as CarrierKind;
    const { label = '' } = this.values;
    this.values = { ...startValues(this.kind), label };
    this.error = undefined;
  }

  handleField(event: CustomEvent<{ value: string; checked?: boolean }>): void {
    const { field = '', checkbox } = (event.currentTarget as HTMLElement).dataset;
    const value = checkbox ? Boolean(event.detail.checked) : event.detail.value;
    this.values = { ...this.values, [field]: value };
    this.tested = false;
  }

  async handleSave(): Promise<void> {
    if (!checkFields(this.template)) return;
    Object.assign(this, { busy: true, error: undefined, tested: false });
    try {
      this.saved = await this.save();
      this.tested = true;
      this.values = { ...this.values, [SECRET]: '' };
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.busy = false;
  }

  /** The service asks the carrier first and stores only what it accepts. */
  save(): Promise<CarrierAccount> {
    const body = toBody(this.kind, this.values);
    if (this.saved) return updateCarrierAccount<CarrierAccount>({ id: this.saved.id, body });
    return createCarrierAccount<CarrierAccount>({ body: { kind: this.kind, ...body } });
  }

  /** Tells the opener whether anything was stored. */
  handleClose(): void {
    this.close(this.saved !== this.account);
  }
}
