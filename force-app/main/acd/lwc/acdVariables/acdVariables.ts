import { LightningElement, api } from 'lwc';
import { keysFor } from 'c/acdModel';
import type { Variable } from 'c/acdModel';
import { fieldsOf, takeBack } from 'c/coreForm';
import type { Field } from 'c/coreForm';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** As many as the service takes. */
const MOST = 30;

/** Further fields that the answer carries under names of their own. Fires `variableschange` with `{variables}`. */
export default class AcdVariables extends LightningElement {
  labels = labels;

  /** As they are shown, each with a key of its own: what was said at one goes with it when it is removed. */
  list: Variable[] = [];
  keys: string[] = [];
  removed: number | undefined;

  @api get variables(): Variable[] {
    return this.list;
  }
  set variables(value: Variable[]) {
    this.list = value;
    this.keys = keysFor(value.length, this.keys, this.removed);
    this.removed = undefined;
  }

  /** For the form around it. */
  @api formFields(): Field[] {
    return fieldsOf(this.template);
  }

  get isEmpty(): boolean {
    return this.variables.length === 0;
  }

  get isFull(): boolean {
    return this.variables.length >= MOST;
  }

  get fullText(): string {
    return fill(labels.mostVariables, MOST);
  }

  get rows(): object[] {
    return this.variables.map((variable, index) => ({
      ...variable,
      key: this.keys[index],
      index,
      nameField: `definition.variables.${index}.name`,
      fieldField: `definition.variables.${index}.field`,
      removeName: fill(labels.removeVariable, index + 1),
    }));
  }

  handleAdd(): void {
    this.tell([...this.variables, { name: '', field: '' }]);
  }

  handleRemove(event: Event): void {
    const at = Number((event.currentTarget as HTMLElement).dataset['index']);
    this.removed = at;
    this.tell(this.variables.filter((_, index) => index !== at));
  }

  handlePart(event: CustomEvent<{ value: string }>): void {
    takeBack(event);
    const { index, part = '' } = (event.currentTarget as HTMLElement).dataset;
    const value = event.detail.value.trim();
    this.tell(this.variables.map((variable, at) => (at === Number(index) ? { ...variable, [part]: value } : variable)));
  }

  tell(variables: Variable[]): void {
    this.dispatchEvent(new CustomEvent('variableschange', { detail: { variables } }));
  }
}
