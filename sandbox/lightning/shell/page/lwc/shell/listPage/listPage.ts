import { LightningElement, api } from 'lwc';
import { context, type ShellObject } from 'shell/context';
import { get, type ListData } from 'shell/requests';

const TYPING_PAUSE_MS = 250;

/** Records of an object in a table, with a search in the list. */
export default class ListPage extends LightningElement {
  data: ListData | undefined;
  error: string | undefined;
  term = '';
  private object = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private latest = 0;

  @api get objectApiName(): string {
    return this.object;
  }
  set objectApiName(value: string) {
    this.object = value;
    this.term = '';
    this.data = undefined;
    void this.load();
  }

  @api focusHeading(): void {
    this.template?.querySelector<HTMLElement>('h1')?.focus();
  }

  get info(): ShellObject | undefined {
    return context().objects.find(({ name }) => name === this.object);
  }

  get title(): string {
    return this.info?.plural ?? this.object;
  }

  get icon(): string {
    return this.info?.icon ?? 'standard:record';
  }

  get loading(): boolean {
    return !this.data && !this.error;
  }

  get searchLabel(): string {
    return `Search ${this.title}`;
  }

  get summary(): string {
    const count = this.data?.rows.length ?? 0;
    return count >= 100 ? 'The first 100' : count === 1 ? '1 item' : `${count} items`;
  }

  get empty(): boolean {
    return this.data?.rows.length === 0;
  }

  get rows() {
    return (this.data?.rows ?? []).map(({ id, cells }) => ({
      id,
      cells: cells.map((field) => ({
        field,
        key: field.name,
        label: field.label,
        link: field.name === 'Name' ? `/lightning/r/${this.object}/${id}/view` : undefined,
      })),
    }));
  }

  handleSearch(event: CustomEvent<{ value: string }>): void {
    this.term = event.detail.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), TYPING_PAUSE_MS);
  }

  private async load(): Promise<void> {
    this.latest += 1;
    const ticket = this.latest;
    this.dispatchEvent(new CustomEvent('title', { detail: this.title }));
    try {
      const data = await get<ListData>(`/__shell/list/${this.object}?q=${encodeURIComponent(this.term)}`);
      if (ticket !== this.latest) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (ticket === this.latest) this.error = error instanceof Error ? error.message : String(error);
    }
  }
}
