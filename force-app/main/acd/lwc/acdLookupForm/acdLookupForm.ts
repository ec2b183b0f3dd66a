import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import addLookup from '@salesforce/apex/AcdController.addLookup';
import changeLookup from '@salesforce/apex/AcdController.changeLookup';
import { emptyDefinition, filled, fromLines, isCustomObject, isSameObject, toLines } from 'c/acdModel';
import type { Definition, Filter, Hours, Lookup, Variable } from 'c/acdModel';
import { checkFields, showFieldErrors, takeBack } from 'c/coreForm';
import type { Field } from 'c/coreForm';
import { fill } from 'c/coreText';
import { labels } from './labels';

type Option = { label: string; value: string };
type Meaning = keyof Definition['fields'];
type Lines = 'vipValues' | 'calledNumbers';

/** As many as the service takes: each of them is read from the org every minute. */
const MOST_CUSTOM = 5;

/** Adds or changes a look-up. Closes with the stored one or, when cancelled, with nothing. */
export default class AcdLookupForm extends LightningModal {
  labels = labels;
  name = '';
  isDefault = false;
  definition: Definition = emptyDefinition();
  /** As they are typed. */
  lines: Record<Lines, string> = { vipValues: '', calledNumbers: '' };
  /** Custom objects that can be chosen. */
  custom: string[] = [];
  /** One to add to them, as it is typed. */
  customObject = '';
  addedText = '';
  busy = false;
  error: unknown;

  /** The look-up to change; without it a new one is added. */
  @api lookup: Lookup | undefined;

  connectedCallback(): void {
    if (!this.lookup) return;
    const { name, isDefault, definition } = this.lookup;
    Object.assign(this, { name, isDefault, definition: { ...definition } });
    const named = [...definition.objects, ...definition.filters.map(({ object }) => object)];
    this.custom = [...new Set(named.filter(isCustomObject))];
    this.lines = { vipValues: toLines(definition.vipValues), calledNumbers: toLines(definition.calledNumbers) };
  }

  get title(): string {
    return this.lookup ? fill(labels.editOf, this.lookup.name) : labels.addLookup;
  }

  get objectOptions(): Option[] {
    return [
      { value: 'Contact', label: labels.contacts },
      { value: 'Lead', label: labels.leads },
      { value: 'Account', label: labels.accounts },
      ...this.custom.map((value) => ({ value, label: value })),
    ];
  }

  get rankingOptions(): Option[] {
    return [
      { value: 'openCase', label: labels.byOpenCase },
      { value: 'vip', label: labels.byVip },
      { value: 'ownerAvailable', label: labels.byOwner },
      { value: 'newestActivity', label: labels.byActivity },
    ];
  }

  get severalOptions(): Option[] {
    return [
      { value: 'first', label: labels.severalFirst },
      { value: 'all', label: labels.severalAll },
      { value: 'ask', label: labels.severalAsk },
    ];
  }

  get ringOptions(): Option[] {
    return [
      { value: 'caseOwner', label: labels.ringCaseOwner },
      { value: 'recordOwner', label: labels.ringRecordOwner },
      { value: 'accountOwner', label: labels.ringAccountOwner },
    ];
  }

  get meanings(): { name: Meaning; field: string; label: string; value: string }[] {
    const { fields } = this.definition;
    const named: [Meaning, string][] = [
      ['vip', labels.vipField],
      ['priority', labels.priorityField],
      ['language', labels.languageField],
      ['skill', labels.skillField],
      ['doNotCall', labels.doNotCallField],
    ];
    return named.map(([name, label]) => ({ name, label, field: `definition.fields.${name}`, value: fields[name] ?? '' }));
  }

  get vipText(): string {
    return this.lines.vipValues;
  }

  get calledText(): string {
    return this.lines.calledNumbers;
  }

  handleName(event: CustomEvent<{ value: string }>): void {
    this.name = event.detail.value;
  }

  handleDefault(event: CustomEvent<{ checked: boolean }>): void {
    this.isDefault = event.detail.checked;
  }

  handleSet(event: CustomEvent<{ value: unknown }>): void {
    const { set = '' } = (event.currentTarget as HTMLElement).dataset;
    this.definition = { ...this.definition, [set]: event.detail.value };
  }

  handleCustomObject(event: CustomEvent<{ value: string }>): void {
    takeBack(event);
    this.customObject = event.detail.value;
  }

  handleCustomObjectKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.isComposing) this.addObject();
  }

  handleAddObject(): void {
    this.addObject();
  }

  /** False if what is typed cannot be added: the input then says why. */
  addObject(): boolean {
    const input = this.template!.querySelector('.custom-object') as Field;
    const name = this.customObject.trim();
    input.setCustomValidity(this.whyNot(name));
    if (!input.reportValidity()) {
      input.focus();
      return false;
    }
    this.custom = [...this.custom, name];
    this.definition = { ...this.definition, objects: [...this.definition.objects, name] };
    this.customObject = '';
    this.addedText = fill(labels.objectAdded, name);
    return true;
  }

  whyNot(name: string): string {
    if (!isCustomObject(name)) return labels.noCustomObject;
    if (this.custom.some((known) => isSameObject(known, name))) return labels.objectKnown;
    return this.definition.objects.filter(isCustomObject).length < MOST_CUSTOM ? '' : fill(labels.mostCustomObjects, MOST_CUSTOM);
  }

  handleFilters(event: CustomEvent<{ filters: Filter[] }>): void {
    this.definition = { ...this.definition, filters: event.detail.filters };
  }

  handleVariables(event: CustomEvent<{ variables: Variable[] }>): void {
    this.definition = { ...this.definition, variables: event.detail.variables };
  }

  handleHours(event: CustomEvent<{ hours: Hours | undefined }>): void {
    const { hours: _before, ...rest } = this.definition;
    const { hours } = event.detail;
    this.definition = hours ? { ...rest, hours } : rest;
  }

  handleMeaning(event: CustomEvent<{ value: string }>): void {
    const { meaning = '' } = (event.currentTarget as HTMLElement).dataset;
    this.definition = { ...this.definition, fields: { ...this.definition.fields, [meaning]: event.detail.value.trim() } };
  }

  handleLines(event: CustomEvent<{ value: string }>): void {
    const { lines = '' } = (event.currentTarget as HTMLElement).dataset;
    this.lines = { ...this.lines, [lines]: event.detail.value };
  }

  async handleSave(): Promise<void> {
    // What was typed and not added yet is meant as well.
    if (this.customObject.trim()) {
      if (!this.addObject()) return;
      await Promise.resolve(); // the list of objects shows it before it is checked
    }
    if (!checkFields(this.template)) return;
    this.busy = true;
    this.error = undefined;
    try {
      const body = { name: this.name.trim(), isDefault: this.isDefault, definition: this.typed() };
      this.close(this.lookup?.id ? await changeLookup({ id: this.lookup.id, body }) : await addLookup({ body }));
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.busy = false;
  }

  typed(): Definition {
    const { definition, lines } = this;
    return filled({
      ...definition,
      deadlineMs: Number(definition.deadlineMs),
      fields: filled(definition.fields),
      vipValues: fromLines(lines.vipValues),
      calledNumbers: fromLines(lines.calledNumbers),
    });
  }

  handleCancel(): void {
    this.close();
  }
}
