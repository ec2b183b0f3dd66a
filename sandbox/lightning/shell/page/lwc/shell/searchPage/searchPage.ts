import { LightningElement, api } from 'lwc';
import { context } from 'shell/context';
import { get } from 'shell/requests';

interface Group {
  object: string;
  rows: { id: string; name: string }[];
}

/** Results of the search in the header. */
export default class SearchPage extends LightningElement {
  groups: Group[] | undefined;
  error: string | undefined;
  private searched = '';

  @api get term(): string {
    return this.searched;
  }
  set term(value: string) {
    this.searched = value;
    void this.load();
  }

  @api focusHeading(): void {
    this.template?.querySelector<HTMLElement>('h1')?.focus();
  }

  get heading(): string {
    return `Results for “${this.searched}”`;
  }

  get loading(): boolean {
    return !this.groups && !this.error;
  }

  get empty(): boolean {
    return this.groups?.length === 0;
  }

  get sections() {
    return (this.groups ?? []).map(({ object, rows }) => {
      const info = context().objects.find(({ name }) => name === object);
      return {
        object,
        label: info?.plural ?? object,
        icon: info?.icon ?? 'standard:record',
        rows: rows.map((row) => ({ ...row, url: `/lightning/r/${object}/${row.id}/view` })),
      };
    });
  }

  private async load(): Promise<void> {
    const term = this.searched;
    this.groups = undefined;
    this.error = undefined;
    this.dispatchEvent(new CustomEvent('title', { detail: 'Search' }));
    try {
      const { items } = await get<{ items: Group[] }>(`/__shell/search?q=${encodeURIComponent(term)}`);
      if (term === this.searched) this.groups = items;
    } catch (error) {
      if (term === this.searched) this.error = error instanceof Error ? error.message : String(error);
    }
  }
}
