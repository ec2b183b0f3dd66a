import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { countryName } from 'c/messagingSetupModel';
import type { PhoneSystem } from 'c/acdModel';
import { labels } from './labels';

/** Table of phone systems. Fires `addphonesystem`, and `editphonesystem`, `rollkey`, `newtoken`, `removephonesystem` with `{id}`. */
export default class AcdPhoneSystems extends LightningElement {
  labels = labels;

  @api phoneSystems: PhoneSystem[] = [];
  @api busyId = '';

  /** Focuses the edit button of a phone system, or the add button where there is no such row. */
  @api focusRow(id: string): void {
    const row = id && this.template?.querySelector<HTMLElement>(`.edit[data-id="${id}"]`);
    (row || this.template?.querySelector<HTMLElement>('.add'))?.focus();
  }

  get isEmpty(): boolean {
    return this.phoneSystems.length === 0;
  }

  get rows(): object[] {
    return this.phoneSystems.map(({ id, pbxId, name, rules }) => ({
      id,
      pbxId,
      name,
      country: countryName(rules.country),
      busy: id === this.busyId,
      editName: fill(labels.editOf, name),
      rollName: fill(labels.newKeyOf, name),
      tokenName: fill(labels.tokenOf, name),
      removeName: fill(labels.removeOf, name),
    }));
  }

  handleAdd(): void {
    this.dispatchEvent(new CustomEvent('addphonesystem'));
  }

  handleRow(event: Event): void {
    const { id, event: name } = (event.currentTarget as HTMLElement).dataset;
    this.dispatchEvent(new CustomEvent(name ?? '', { detail: { id } }));
  }
}
