import { LightningElement, api } from 'lwc';
import { context, type PageComponent } from 'shell/context';
import { get, type RecordData } from 'shell/requests';

/** Pages without a Lightning page of force-app look like the platform's own. */
const DEFAULT_PAGE = [
  { name: 'header', components: [{ name: 'force:highlightsPanel', properties: {} }] },
  {
    name: 'main',
    components: [
      { name: 'force:detailPanel', properties: {} },
      { name: 'force:relatedListContainer', properties: {} },
    ],
  },
];
const HEADER = 'header';
const SIDEBAR = 'sidebar';

/** A record in its Lightning page: our components as they are, the platform's as simple ones of the page. */
export default class RecordPage extends LightningElement {
  record: RecordData | undefined;
  error: string | undefined;
  private shown = '';

  @api objectApiName = '';

  @api get recordId(): string {
    return this.shown;
  }
  set recordId(value: string) {
    this.shown = value;
    this.record = undefined;
    this.error = undefined;
  }

  @api focusHeading(): void {
    this.focusWanted = true;
    this.focusIfReady();
  }

  private focusWanted = false;
  private loaded = '';

  renderedCallback(): void {
    this.focusIfReady();
    // Both properties are set by now, whichever came first.
    if (this.loaded !== this.shown) void this.load();
  }

  get regions() {
    const page = context().objects.find(({ name }) => name === this.objectApiName)?.page ?? DEFAULT_PAGE;
    const hasSidebar = page.some(({ name }) => name === SIDEBAR);
    return page.map(({ name, components }) => ({
      name,
      className: `slds-col slds-m-bottom_small ${sizeOf(name, hasSidebar)}`,
      components: components.map((component, index) => this.placed(component, `${name}-${index}-${this.shown}`)),
    }));
  }

  get loading(): boolean {
    return !this.record && !this.error;
  }

  private placed({ name, properties }: PageComponent, key: string) {
    return {
      key,
      name,
      isHighlights: name === 'force:highlightsPanel',
      isDetail: name === 'force:detailPanel',
      isRelated: name === 'force:relatedListContainer',
      isOwn: !name.includes(':'),
      properties: { ...designValues(properties), recordId: this.shown, objectApiName: this.objectApiName },
    };
  }

  private async load(): Promise<void> {
    const id = this.shown;
    this.loaded = id;
    try {
      const record = await get<RecordData>(`/__shell/record/${this.objectApiName}/${id}`);
      if (id !== this.shown) return;
      this.record = record;
      this.dispatchEvent(new CustomEvent('title', { detail: `${record.name} | ${record.label}` }));
    } catch (error) {
      if (id !== this.shown) return;
      this.error = error instanceof Error ? error.message : String(error);
      this.dispatchEvent(new CustomEvent('title', { detail: 'Record not found' }));
    }
  }

  private focusIfReady(): void {
    if (!this.focusWanted || this.loading) return;
    const heading = this.error
      ? this.template?.querySelector<HTMLElement>('h1')
      : this.template?.querySelector<HTMLElement>('shell-highlights-panel');
    if (!heading) return;
    this.focusWanted = false;
    heading.focus();
  }
}

function sizeOf(region: string, hasSidebar: boolean): string {
  if (region === HEADER || !hasSidebar) return 'slds-size_1-of-1';
  return region === SIDEBAR ? 'slds-size_1-of-1 slds-large-size_4-of-12' : 'slds-size_1-of-1 slds-large-size_8-of-12';
}

// Page metadata holds texts; components get what their design says.
function designValues(properties: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      value === 'true' ? true : value === 'false' ? false : /^\d+$/.test(value) ? Number(value) : value,
    ]),
  );
}
