import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import type { Lookup } from 'c/acdModel';
import { labels } from './labels';

/** Table of look-ups. Fires `addlookup`, and `editlookup`, `removelookup` with `{id}`. */
export default class AcdLookups extends LightningElement {
  labels = labels;

  @api lookups: Lookup[] = [];
  @api busyId = '';

  /** Focuses the edit button of a look-up, or the add button where there is no such row. */
  @api focusRow(id: string): void {
    const row = id && this.template?.querySelector<HTMLElement>(`.edit[data-id="${id}"]`);
    (row || this.template?.querySelector<HTMLElement>('.add'))?.focus();
  }

  get rows(): object[] {
    return this.lookups.map(({ id, name, isDefault, definition }) => ({
      key: id ?? 'built-in',
      id,
      name,
      isDefault,
      isOwn: id !== null,
      isBuiltIn: id === null,
      objects: definition.objects.join(', '),
      route: definition.defaultRoute ?? labels.noRoute,
      busy: id !== null && id === this.busyId,
      editName: fill(labels.editOf, name),
      removeName: fill(labels.removeOf, name),
    }));
  }

  handleAdd(): void {
    this.dispatchEvent(new CustomEvent('addlookup'));
  }

  handleRow(event: Event): void {
    const { id, event: name } = (event.currentTarget as HTMLElement).dataset;
    this.dispatchEvent(new CustomEvent(name ?? '', { detail: { id } }));
  }
}
