import { LightningElement, api } from 'lwc';
import { context, type ShellTab } from 'shell/context';
import { toUrl, type Page } from 'shell/routes';

export default class AppNav extends LightningElement {
  @api page?: Page;
  label = context().app.label;

  get tabs() {
    const home = { apiName: 'home', label: 'Home', url: '/lightning/page/home', current: this.page?.type === 'standard__namedPage' };
    return [
      home,
      ...context().app.tabs.map((tab) => ({ apiName: tab.apiName, label: tab.label, url: this.urlOf(tab), current: this.isCurrent(tab) })),
    ].map((tab) => ({
      ...tab,
      className: tab.current ? 'slds-context-bar__item slds-is-active' : 'slds-context-bar__item',
      ariaCurrent: tab.current ? 'page' : undefined,
    }));
  }

  private urlOf({ apiName, object }: ShellTab): string {
    return object
      ? toUrl({ type: 'standard__objectPage', attributes: { objectApiName: object, actionName: 'list' } })
      : toUrl({ type: 'standard__navItemPage', attributes: { apiName } });
  }

  private isCurrent({ apiName, object }: ShellTab): boolean {
    const attributes = this.page?.attributes ?? {};
    return object ? attributes['objectApiName'] === object : attributes['apiName'] === apiName;
  }
}
