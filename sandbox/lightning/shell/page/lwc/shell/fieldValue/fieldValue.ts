import { LightningElement, api } from 'lwc';
import { context } from 'shell/context';
import type { FieldData } from 'shell/requests';

/** One field's value as Lightning shows it. */
export default class FieldValue extends LightningElement {
  @api field!: FieldData;
  /** Makes the value a link to this address. */
  @api link?: string;

  /** The user's, as Lightning does by itself; the open-source component would take the browser's. */
  get timeZone(): string {
    return context().timeZone;
  }

  get isEmpty(): boolean {
    return this.field.value === null || this.field.value === '';
  }

  get isLink(): boolean {
    return !this.isEmpty && (this.link !== undefined || this.target !== undefined);
  }

  get href(): string | undefined {
    return this.link ?? this.target;
  }

  get isDateTime(): boolean {
    return this.field.type === 'datetime';
  }

  get isBoolean(): boolean {
    return this.field.type === 'boolean';
  }

  get isPhone(): boolean {
    return this.field.type === 'phone';
  }

  get isEmail(): boolean {
    return this.field.type === 'email';
  }

  get isUrl(): boolean {
    return this.field.type === 'url';
  }

  get isNumber(): boolean {
    return ['int', 'double', 'currency', 'percent'].includes(this.field.type);
  }

  get text(): string {
    return String(this.field.display ?? this.field.value ?? '');
  }

  get yesNo(): string {
    return this.field.value === true ? 'Yes' : 'No';
  }

  // References to objects that have a page here.
  private get target(): string | undefined {
    if (this.field.type !== 'reference' || typeof this.field.value !== 'string') return undefined;
    const id = this.field.value;
    const object = context().objects.find(({ keyPrefix, page }) => page !== undefined && keyPrefix !== '' && id.startsWith(keyPrefix));
    return object ? `/lightning/r/${object.name}/${id}/view` : undefined;
  }
}
