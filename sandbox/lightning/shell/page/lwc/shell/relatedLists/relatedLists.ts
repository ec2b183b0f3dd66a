import { LightningElement, api } from 'lwc';
import type { RecordData } from 'shell/requests';

/** Stands in for force:relatedListContainer. */
export default class RelatedLists extends LightningElement {
  @api record!: RecordData;

  get lists() {
    return this.record.related.map(({ label, object, rows }) => ({
      label: `${label} (${rows.length})`,
      key: object,
      rows: rows.map((row) => ({ ...row, url: `/lightning/r/${object}/${row.id}/view` })),
      filled: rows.length > 0,
    }));
  }
}
