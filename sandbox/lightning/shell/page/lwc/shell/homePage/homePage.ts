import { LightningElement, api } from 'lwc';
import { context } from 'shell/context';

export default class HomePage extends LightningElement {
  @api focusHeading(): void {
    this.template?.querySelector<HTMLElement>('h1')?.focus();
  }

  connectedCallback(): void {
    this.dispatchEvent(new CustomEvent('title', { detail: 'Home' }));
  }

  get greeting(): string {
    return `Welcome, ${context().user.name}`;
  }

  get tabs() {
    return context().app.tabs.map(({ apiName, label, object }) => ({
      apiName,
      label,
      url: object ? `/lightning/o/${object}/list` : `/lightning/n/${apiName}`,
      icon:
        context().objects.find(({ name }) => name === object)?.icon ??
        (apiName.endsWith('Setup') ? 'standard:settings' : 'standard:messaging_conversation'),
    }));
  }
}
