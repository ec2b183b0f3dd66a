import { LightningElement, api } from 'lwc';
import { context, type ShellTab } from 'shell/context';

/** A tab that shows one of our components. */
export default class TabPage extends LightningElement {
  private shown = '';

  @api get name(): string {
    return this.shown;
  }
  set name(value: string) {
    this.shown = value;
    this.dispatchEvent(new CustomEvent('title', { detail: this.title }));
  }

  @api focusHeading(): void {
    this.template?.querySelector<HTMLElement>('h1')?.focus();
  }

  connectedCallback(): void {
    this.dispatchEvent(new CustomEvent('title', { detail: this.title }));
  }

  get tab(): ShellTab | undefined {
    // A namespaced org spells the tab with its namespace.
    const { namespace, app } = context();
    return app.tabs.find(({ apiName }) => apiName === this.shown || `${namespace}__${apiName}` === this.shown);
  }

  get component(): string | undefined {
    return this.tab?.component;
  }

  get title(): string {
    return this.tab?.label ?? 'Page not found';
  }

  properties = {};
}
