import { LightningElement, api } from 'lwc';
import { context } from 'shell/context';
import type { RecordData } from 'shell/requests';

/** Stands in for force:highlightsPanel. */
export default class HighlightsPanel extends LightningElement {
  @api record!: RecordData;

  @api focus(): void {
    this.template?.querySelector<HTMLElement>('h1')?.focus();
  }

  get icon(): string {
    return context().objects.find(({ name }) => name === this.record.object)?.icon ?? 'standard:record';
  }
}
