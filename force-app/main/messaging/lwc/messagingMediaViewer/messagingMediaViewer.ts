import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** Opened by c/messagingMedia with `{label, size, source, fileName}`; `label` is also the picture's alternative text. */
export default class MessagingMediaViewer extends LightningModal {
  /** Data URI. */
  @api source = '';
  @api fileName = '';

  labels = labels;

  get downloadLabel(): string {
    return fill(labels.download, this.fileName);
  }

  handleClose(): void {
    this.close();
  }
}
