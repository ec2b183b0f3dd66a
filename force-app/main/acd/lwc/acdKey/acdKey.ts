import LightningModal from 'lightning/modal';
import { api } from 'lwc';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** Shows the key of a phone system, the only time that it can be seen, with what else has to be typed into that system. */
export default class AcdKey extends LightningModal {
  labels = labels;

  @api name = '';
  @api secret = '';
  @api pbxId = '';
  /** The Org Id, 18 characters. */
  @api orgId = '';
  /** Origin of the service. */
  @api serviceUrl = '';

  get title(): string {
    return fill(labels.keyOf, this.name);
  }

  get address(): string {
    return `${this.serviceUrl}/v1/acd/lookup?caller=`;
  }

  /** As phone systems ask that were set up for the Mirage API: the PBX id directly followed by the Org Id. */
  get mirageAddress(): string {
    return `${this.serviceUrl}/api/ExtNo/${this.pbxId}${this.orgId}/?callerid=`;
  }

  handleDone(): void {
    this.close();
  }
}
