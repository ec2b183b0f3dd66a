import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import createNumber from '@salesforce/apex/MessagingSetupController.createNumber';
import updateNumber from '@salesforce/apex/MessagingSetupController.updateNumber';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { countryOptions, NUMBER_KINDS, ownCountry } from 'c/messagingSetupModel';
import type { CarrierAccount, NumberKind, OurNumber } from 'c/messagingSetupModel';
import { labels } from './labels';

type Draft = Omit<OurNumber, 'id' | 'accountLabel'>;

/** Adds or changes a sending number. Closes with the stored number or, when cancelled, with nothing. */
export default class MessagingNumberForm extends LightningModal {
  labels = labels;
  draft: Draft = { number: '', kind: 'phone', label: '', accountId: '', country: ownCountry(), isDefault: false, users: [] };
  everyone = true;
  busy = false;
  error: unknown;
  countries = countryOptions();

  /** The number to change; without it a new one is added. */
  @api number: OurNumber | undefined;
  @api accounts: CarrierAccount[] = [];
  /** The first number is the default one unless the admin says otherwise. */
  @api isFirst = false;

  connectedCallback(): void {
    const { number, accounts, isFirst } = this;
    if (number) {
      const { id: _id, accountLabel: _label, ...draft } = number;
      this.draft = { ...draft, users: [...number.users] };
      this.everyone = number.users.length === 0;
    } else {
      this.draft = { ...this.draft, accountId: accounts.length === 1 ? (accounts[0]?.id ?? '') : '', isDefault: isFirst };
    }
  }

  get title(): string {
    return this.number ? fill(labels.editNumberOf, this.number.number) : labels.addNumber;
  }

  get isExisting(): boolean {
    return this.number !== undefined;
  }

  get kindOptions(): { label: string; value: string }[] {
    return Object.entries(NUMBER_KINDS).map(([value, label]) => ({ value, label }));
  }

  get accountOptions(): { label: string; value: string }[] {
    return this.accounts.map(({ id, label }) => ({ value: id, label }));
  }

  get numberHelp(): string {
    return { phone: labels.phoneHelp, short_code: labels.shortCodeHelp, sender_name: labels.senderNameHelp }[this.draft.kind];
  }

  get accessOptions(): { label: string; value: string }[] {
    return [
      { value: 'everyone', label: labels.accessEveryone },
      { value: 'chosen', label: labels.accessChosen },
    ];
  }

  get access(): string {
    return this.everyone ? 'everyone' : 'chosen';
  }

  get picksUsers(): boolean {
    return !this.everyone;
  }

  get nobodyChosen(): boolean {
    return !this.everyone && this.draft.users.length === 0;
  }

  get cannotSave(): boolean {
    return this.busy || this.nobodyChosen;
  }

  handleField(event: CustomEvent<{ value: string; checked?: boolean }>): void {
    const { field = '' } = (event.currentTarget as HTMLElement).dataset;
    const value = field === 'isDefault' ? Boolean(event.detail.checked) : event.detail.value;
    this.draft = { ...this.draft, [field]: value };
  }

  handleAccess(event: CustomEvent<{ value: string }>): void {
    this.everyone = event.detail.value === 'everyone';
  }

  handleUsers(event: CustomEvent<{ value: string[] }>): void {
    this.draft = { ...this.draft, users: event.detail.value };
  }

  async handleSave(): Promise<void> {
    if (!checkFields(this.template)) return;
    this.busy = true;
    this.error = undefined;
    try {
      this.close(await this.save());
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.busy = false;
  }

  /** The number itself and its kind are what it is known by; the rest can change. */
  save(): Promise<OurNumber> {
    const { number, kind, label, ...rest } = this.draft;
    const common = { ...rest, label: label.trim(), users: this.everyone ? [] : rest.users };
    if (this.number) return updateNumber<OurNumber>({ id: this.number.id, body: common });
    return createNumber<OurNumber>({ body: { ...common, number: number.trim(), kind: kind as NumberKind } });
  }

  handleCancel(): void {
    this.close();
  }
}
