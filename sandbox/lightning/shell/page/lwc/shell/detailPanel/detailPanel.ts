import { LightningElement, api } from 'lwc';
import type { RecordData } from 'shell/requests';

/** Stands in for force:detailPanel; reading only. */
export default class DetailPanel extends LightningElement {
  @api record!: RecordData;
}
