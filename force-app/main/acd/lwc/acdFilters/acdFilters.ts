import { LightningElement, api } from 'lwc';
import { STANDARD_OBJECTS, keysFor } from 'c/acdModel';
import type { Filter } from 'c/acdModel';
import { fieldsOf, takeBack } from 'c/coreForm';
import type { Field } from 'c/coreForm';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** What a record must be like to count as a match. Fires `filterschange` with `{filters}`. */
export default class AcdFilters extends LightningElement {
  labels = labels;

  /** As they are shown, each with a key of its own: what was said at one goes with it when it is removed. */
  list: Filter[] = [];
  keys: string[] = [];
  removed: number | undefined;

  @api get filters(): Filter[] {
    return this.list;
  }
  set filters(value: Filter[]) {
    this.list = value;
    this.keys = keysFor(value.length, this.keys, this.removed);
    this.removed = undefined;
  }
  /** Those that the look-up searches. */
  @api objects: readonly string[] = STANDARD_OBJECTS;

  /** For the form around it. */
  @api formFields(): Field[] {
    return fieldsOf(this.template);
  }

  get isEmpty(): boolean {
    return this.filters.length === 0;
  }

  get objectOptions(): { label: string; value: string }[] {
    const named: Record<string, string> = { Contact: labels.contact, Lead: labels.lead, Account: labels.account };
    // A filter keeps its object when the look-up searches that one no longer: it must be seen to be changed.
    const offered = new Set([...this.objects, ...this.filters.map(({ object }) => object)]);
    return [...offered].map((value) => ({ value, label: named[value] ?? value }));
  }

  get conditionOptions(): { label: string; value: string }[] {
    return [
      { value: 'equal', label: labels.isEqual },
      { value: 'notEqual', label: labels.isNotEqual },
      { value: 'filled', label: labels.isFilled },
      { value: 'empty', label: labels.isEmptyValue },
    ];
  }

  get rows(): object[] {
    return this.filters.map((filter, index) => ({
      ...filter,
      key: this.keys[index],
      index,
      value: filter.value ?? '',
      hasValue: filter.is === 'equal' || filter.is === 'notEqual',
      objectField: `definition.filters.${index}.object`,
      fieldField: `definition.filters.${index}.field`,
      isField: `definition.filters.${index}.is`,
      valueField: `definition.filters.${index}.value`,
      removeName: fill(labels.removeFilter, index + 1),
    }));
  }

  handleAdd(): void {
    this.tell([...this.filters, { object: this.objects[0] ?? 'Contact', field: '', is: 'equal', value: '' }]);
  }

  handleRemove(event: Event): void {
    const at = Number((event.currentTarget as HTMLElement).dataset['index']);
    this.removed = at;
    this.tell(this.filters.filter((_, index) => index !== at));
  }

  handlePart(event: CustomEvent<{ value: string }>): void {
    takeBack(event);
    const { index, part = '' } = (event.currentTarget as HTMLElement).dataset;
    const { value } = event.detail;
    this.tell(this.filters.map((filter, at) => (at === Number(index) ? changed(filter, part, value) : filter)));
  }

  tell(filters: Filter[]): void {
    this.dispatchEvent(new CustomEvent('filterschange', { detail: { filters } }));
  }
}

/** A condition that needs no value has none. */
function changed(filter: Filter, part: string, value: string): Filter {
  const next = { ...filter, [part]: part === 'field' ? value.trim() : value };
  if (next.is === 'equal' || next.is === 'notEqual') return { ...next, value: next.value ?? '' };
  const { value: _value, ...rest } = next;
  return rest;
}
