import { LightningElement } from 'lwc';
import { context } from 'shell/context';
import { navigate } from 'shell/routes';

export default class GlobalHeader extends LightningElement {
  label = context().app.label;

  handleSearch(event: Event): void {
    event.preventDefault();
    const term = this.template?.querySelector<HTMLInputElement>('input')?.value.trim() ?? '';
    if (term !== '') navigate({ type: 'standard__search', state: { q: term } });
  }
}
