import { LightningElement } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import phoneFields from '@salesforce/apex/MessagingSetupController.phoneFields';
import savePhoneFields from '@salesforce/apex/MessagingSetupController.savePhoneFields';
import type { PhoneFieldObject } from 'c/messagingSetupModel';
import { labels } from './labels';

type Choice = Record<string, string[]>;

/** Which phone fields of each object are looked at when a number is matched with a record. */
export default class MessagingPhoneFields extends LightningElement {
  labels = labels;
  objects: PhoneFieldObject[] | undefined;
  stored: Choice = {};
  choice: Choice = {};
  saving = false;
  error: unknown;
  saveError: unknown;

  connectedCallback(): void {
    void this.load();
  }

  get loading(): boolean {
    return !this.objects && !this.error;
  }

  get isEmpty(): boolean {
    return this.objects?.length === 0;
  }

  get groups(): { object: string; label: string; options: { label: string; value: string }[]; value: string[] }[] {
    return (this.objects ?? []).map(({ object, label, fields }) => ({
      object,
      label,
      options: fields.map(({ name, label: text }) => ({ value: name, label: text })),
      value: this.choice[object] ?? [],
    }));
  }

  get isUnchanged(): boolean {
    return this.saving || JSON.stringify(this.choice) === JSON.stringify(this.stored);
  }

  async load(): Promise<void> {
    this.error = undefined;
    try {
      this.show((await phoneFields<{ objects: PhoneFieldObject[] }>()).objects);
    } catch (error) {
      this.error = error;
    }
  }

  show(objects: PhoneFieldObject[]): void {
    this.objects = objects;
    const chosen = objects.map(
      ({ object, fields }) => [object, fields.filter(({ selected }) => selected).map(({ name }) => name)] as const,
    );
    this.stored = Object.fromEntries(chosen);
    this.choice = this.stored;
  }

  handleRetry(): void {
    void this.load();
  }

  handleChoice(event: CustomEvent<{ value: string[] }>): void {
    const { object = '' } = (event.currentTarget as HTMLElement).dataset;
    const order = this.groups.find((group) => group.object === object)?.options.map(({ value }) => value) ?? [];
    // In the order of the fields, so that ticking a box twice is no change.
    this.choice = { ...this.choice, [object]: order.filter((name) => event.detail.value.includes(name)) };
  }

  handleReset(): void {
    this.choice = this.stored;
    this.saveError = undefined;
  }

  async handleSave(): Promise<void> {
    this.saving = true;
    this.saveError = undefined;
    try {
      await savePhoneFields({ body: { objects: Object.entries(this.choice).map(([object, fields]) => ({ object, fields })) } });
      this.stored = this.choice;
      this.dispatchEvent(new ShowToastEvent({ title: labels.phoneFieldsSaved, variant: 'success' }));
    } catch (error) {
      this.saveError = error;
    }
    this.saving = false;
  }
}
