import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import addLookup from '@salesforce/apex/AcdController.addLookup';
import changeLookup from '@salesforce/apex/AcdController.changeLookup';
import { emptyDefinition, filled, fromLines, toLines } from 'c/acdModel';
import type { Definition, Filter, Hours, Lookup } from 'c/acdModel';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { labels } from './labels';

type Option = { label: string; value: string };
type Meaning = keyof Definition['fields'];
type Lines = 'vipValues' | 'calledNumbers';

/** Adds or changes a look-up. Closes with the stored one or, when cancelled, with nothing. */
export default class AcdLookupForm extends LightningModal {
  labels = labels;
  name = '';
  isDefault = false;
  definition: Definition = emptyDefinition();
  /** As they are typed. */
  lines: Record<Lines, string> = { vipValues: '', calledNumbers: '' };
  busy = false;
  error: unknown;

  /** The look-up to change; without it a new one is added. */
  @api lookup: Lookup | undefined;

  connectedCallback(): void {
    if (!this.lookup) return;
    const { name, isDefault, definition } = this.lookup;
    Object.assign(this, { name, isDefault, definition: { ...definition } });
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

  handleFilters(event: CustomEvent<{ filters: Filter[] }>): void {
    this.definition = { ...this.definition, filters: event.detail.filters };
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
