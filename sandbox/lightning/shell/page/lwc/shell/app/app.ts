import { LightningElement } from 'lwc';
import { context } from 'shell/context';
import { navigate, onPage, toPage, type Page } from 'shell/routes';
import { onNews } from 'shell/stream';

interface PageElement extends HTMLElement {
  focusHeading(): void;
}

/** The frame around every page: header, navigation, the page that the address names, utility bar. */
export default class App extends LightningElement {
  page: Page | undefined;
  buildError = context().buildError;
  private focusWanted = false;

  connectedCallback(): void {
    onPage((page) => {
      this.focusWanted = this.page !== undefined && isOther(this.page, page); // not on the first one: a fresh page starts at its top
      this.page = page;
    });
    onNews('reload', () => location.reload());
    onNews('build-error', (data) => {
      this.buildError = (data as { message: string }).message;
    });
    // Only addresses of our own become navigations; everything else is the browser's.
    document.addEventListener('click', (event) => this.followLink(event));
  }

  renderedCallback(): void {
    if (!this.focusWanted) return;
    this.focusWanted = false;
    window.scrollTo(0, 0);
    this.template?.querySelector<PageElement>('.shell-page')?.focusHeading();
  }

  get users() {
    return context().users;
  }

  get isHome(): boolean {
    return this.page?.type === 'standard__namedPage';
  }

  get isRecord(): boolean {
    return this.page?.type === 'standard__recordPage';
  }

  get isList(): boolean {
    return this.page?.type === 'standard__objectPage';
  }

  get isTab(): boolean {
    return this.page?.type === 'standard__navItemPage';
  }

  get isSearch(): boolean {
    return this.page?.type === 'standard__search';
  }

  get recordId(): string | undefined {
    return this.page?.attributes['recordId'];
  }

  get objectApiName(): string | undefined {
    return this.page?.attributes['objectApiName'];
  }

  get tabName(): string | undefined {
    return this.page?.attributes['apiName'];
  }

  get term(): string {
    return this.page?.state['q'] ?? '';
  }

  handleTitle(event: CustomEvent<string>): void {
    document.title = `${event.detail} | ${context().app.label}`;
  }

  handleSkip(event: Event): void {
    event.preventDefault();
    this.template?.querySelector<HTMLElement>('main')?.focus();
  }

  private followLink(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement && node.href !== '');
    if (!link || link.target === '_blank') return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !url.pathname.startsWith('/lightning/')) return;
    event.preventDefault();
    navigate(toPage(url));
  }
}

/** What a component keeps in the address of its own page (`c__…`) is no other page: the reader stays where the keyboard is. */
function isOther(before: Page, now: Page): boolean {
  const nameOf = ({ type, attributes, state }: Page) => JSON.stringify([type, attributes, state['q']]);
  return nameOf(before) !== nameOf(now);
}
