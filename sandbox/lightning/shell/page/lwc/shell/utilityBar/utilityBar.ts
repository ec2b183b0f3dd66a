import { LightningElement } from 'lwc';
import { context, type PageComponent } from 'shell/context';

interface Utility extends PageComponent {
  label: string;
  icon: string;
  open: boolean;
  started: boolean;
  highlighted: boolean;
}

interface Change {
  id: string;
  label?: string;
  icon?: string;
  highlighted?: boolean;
  open?: boolean;
}

/** The app's utility bar. A utility starts when it is opened first, or at once if its page says eager. */
export default class UtilityBar extends LightningElement {
  private utilities: Utility[] = context().app.utilities.map((component) => ({
    ...component,
    label: component.properties['label'] ?? component.name,
    icon: `utility:${component.properties['icon'] ?? 'touch_action'}`,
    open: false,
    started: component.properties['eager'] === 'true',
    highlighted: false,
  }));

  connectedCallback(): void {
    window.addEventListener('shell:utility', (event) => this.change((event as CustomEvent<Change>).detail));
  }

  get items() {
    return this.utilities.map((utility) => ({
      ...utility,
      itemClass: `slds-utility-bar__item${utility.highlighted ? ' slds-has-notification' : ''}`,
      buttonClass: `slds-button slds-utility-bar__action${utility.open ? ' slds-is-active' : ''}`,
      panelClass: `panel slds-utility-panel slds-grid slds-grid_vertical ${utility.open ? 'slds-is-open' : 'closed'}`,
      pressed: String(utility.open),
      // A highlighted utility is dark.
      iconVariant: utility.highlighted && !utility.open ? 'inverse' : undefined,
      minimize: `Minimize ${utility.label}`,
    }));
  }

  get hasItems(): boolean {
    return this.utilities.length > 0;
  }

  properties = {};

  handleToggle(event: Event): void {
    this.toggle((event.currentTarget as HTMLElement).dataset['name'] ?? '');
  }

  handleKey(event: KeyboardEvent): void {
    const { name } = (event.currentTarget as HTMLElement).dataset;
    if (event.key !== 'Escape' || !name) return;
    this.toggle(name);
    this.template?.querySelector<HTMLElement>(`button[data-name="${name}"]`)?.focus();
  }

  private change({ id, icon, ...change }: Change): void {
    this.utilities = this.utilities.map((utility) =>
      utility.name === id
        ? { ...utility, ...change, icon: icon ? `utility:${icon}` : utility.icon, started: utility.started || change.open === true }
        : utility,
    );
  }

  private toggle(name: string): void {
    this.utilities = this.utilities.map((utility) =>
      utility.name === name ? { ...utility, open: !utility.open, started: true } : { ...utility, open: false },
    );
  }
}
