import { LightningElement, wire } from 'lwc';
import { CurrentPageReference, NavigationMixin } from 'lightning/navigation';
import type { PageReference } from 'lightning/navigation';
import getOrg from '@salesforce/apex/SetupController.getOrg';
import listConnections from '@salesforce/apex/ConnectionsController.listConnections';
import type { Connection } from 'c/connectionsModel';
import { registrationOf, toSetupPage } from 'c/coreOrg';
import type { Org, Registration, SetupPage } from 'c/coreOrg';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { bannersOf } from './banners';
import type { Banner } from './banners';
import { labels } from './labels';

/** How often the state behind the banners is read while the tab is visible. */
const REFRESH_MS = 8_000;

/**
 * The setup tab: navigation, the banners that every page shows, and the one place that reads the org and its connected users.
 * The page in view is part of the address (`c__page`), so that a link can point to it.
 */
export default class CoreSetup extends NavigationMixin(LightningElement) {
  labels = labels;
  page: SetupPage = 'start';
  org: Org | undefined;
  connections: Connection[] = [];
  registration: Registration | undefined;
  error: unknown;
  loadedAt: number | undefined;
  pageReference: PageReference | undefined;
  focusPage = false;
  poll: Poll | undefined;

  @wire(CurrentPageReference)
  handlePageReference(reference: PageReference | null | undefined): void {
    if (!reference) return;
    this.pageReference = reference;
    this.page = toSetupPage(reference.state?.['c__page']);
  }

  connectedCallback(): void {
    void this.load();
    // An org without a valid key has nothing new to say; registering reports by itself.
    this.poll = startPoll(() => (this.registration === 'registered' ? this.load() : undefined), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  renderedCallback(): void {
    if (!this.focusPage) return;
    this.focusPage = false;
    this.focusOnPage();
  }

  get loading(): boolean {
    return this.registration === undefined && this.error === undefined;
  }

  /** Only a first load that failed leaves nothing to show; later failures keep the last known state under a banner. */
  get blocked(): boolean {
    return this.registration === undefined;
  }

  get banners(): Banner[] {
    const { org, connections, registration = 'unregistered' } = this;
    const banners = bannersOf({ org, connections, registration, staleSince: this.error ? this.loadedAt : undefined });
    return banners.map((banner) => (banner.page === this.page ? withoutLink(banner) : banner));
  }

  get isRegistered(): boolean {
    return this.registration === 'registered';
  }

  get onStart(): boolean {
    return this.page === 'start';
  }

  get onCheck(): boolean {
    return this.page === 'check';
  }

  get needsRegistration(): boolean {
    return !this.isRegistered;
  }

  get onNumbers(): boolean {
    return this.page === 'numbers';
  }

  get onPhone(): boolean {
    return this.page === 'phone';
  }

  get onUsers(): boolean {
    return this.page === 'users';
  }

  get orgLine(): string {
    if (!this.org) return '';
    const { name, main } = this.org;
    return main ? fill(labels.orgLine, name, main.username) : name;
  }

  async load(): Promise<void> {
    try {
      const org = await getOrg<Org>();
      const { items } = await listConnections<{ items: Connection[] }>();
      Object.assign(this, { org, connections: items, registration: 'registered', error: undefined, loadedAt: Date.now() });
    } catch (error) {
      const registration = registrationOf(error);
      if (registration) Object.assign(this, { registration, org: undefined, connections: [], error: undefined });
      else this.error = error;
    }
  }

  handleRetry(): void {
    this.error = undefined;
    void this.load();
  }

  handleRefresh(): void {
    void this.load();
  }

  handleSelect(event: CustomEvent<{ name: string }>): void {
    this.open(toSetupPage(event.detail.name));
  }

  /** From a banner or a step: the reader is taken to the page, so focus follows. */
  handleGoToPage(event: CustomEvent<{ page: SetupPage }>): void {
    event.stopPropagation();
    this.lead(event.detail.page);
  }

  handleRegisterFirst(): void {
    this.lead('start');
  }

  lead(page: SetupPage): void {
    if (page === this.page) this.focusOnPage();
    else this.focusPage = true; // once it is rendered
    this.open(page);
  }

  focusOnPage(): void {
    this.template?.querySelector<HTMLElement>('.page')?.focus();
  }

  open(page: SetupPage): void {
    if (page === this.page) return;
    this.page = page;
    if (!this.pageReference) return;
    const { type, attributes = {}, state = {} } = this.pageReference;
    this[NavigationMixin.Navigate]({ type, attributes, state: { ...state, c__page: page } });
  }
}

/** On the page it leads to, a button would do nothing. */
function withoutLink({ page: _here, linkLabel: _label, ...banner }: Banner): Banner {
  return banner;
}
