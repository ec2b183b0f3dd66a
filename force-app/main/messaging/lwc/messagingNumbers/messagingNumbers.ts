import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { showNumber } from 'c/messagingData';
import { countryName, NUMBER_KINDS } from 'c/messagingSetupModel';
import type { OurNumber } from 'c/messagingSetupModel';
import { labels } from './labels';

/** Table of sending numbers. Fires `addnumber`, and `editnumber`, `makedefault`, `removenumber` with `{id}`. */
export default class MessagingNumbers extends LightningElement {
  labels = labels;

  @api numbers: OurNumber[] = [];
  /** There is a carrier account that a number can belong to. */
  @api canAdd = false;
  @api busyId = '';

  /** Focuses the edit button of a number, or the add button where there is no such row. */
  @api focusRow(id: string): void {
    const row = id && this.template?.querySelector<HTMLElement>(`.edit[data-id="${id}"]`);
    (row || this.template?.querySelector<HTMLElement>('.add'))?.focus();
  }

  get isEmpty(): boolean {
    return this.numbers.length === 0;
  }

  get cannotAdd(): boolean {
    return !this.canAdd;
  }

  get emptyText(): string {
    return this.canAdd ? labels.noNumberText : labels.accountFirst;
  }

  get rows(): object[] {
    return this.numbers
      .map((number) => ({ ...number, shown: showNumber(number.number) }))
      .map((number) => ({
        ...number,
        kindLabel: NUMBER_KINDS[number.kind],
        countryLabel: countryName(number.country),
        usersLabel: this.usersLabel(number.users.length),
        offerDefault: !number.isDefault,
        busy: number.id === this.busyId,
        editName: fill(labels.editOf, number.shown),
        defaultName: fill(labels.makeDefaultOf, number.shown),
        removeName: fill(labels.removeOf, number.shown),
      }));
  }

  usersLabel(count: number): string {
    if (count === 0) return labels.everyone;
    return fill(count === 1 ? labels.oneUser : labels.someUsers, count);
  }

  handleAdd(): void {
    this.dispatchEvent(new CustomEvent('addnumber'));
  }

  handleRow(event: Event): void {
    const { id, event: name } = (event.currentTarget as HTMLElement).dataset;
    this.dispatchEvent(new CustomEvent(name ?? '', { detail: { id } }));
  }
}
