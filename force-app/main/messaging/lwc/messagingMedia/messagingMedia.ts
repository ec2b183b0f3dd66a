import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import MessagingMediaViewer from 'c/messagingMediaViewer';
import type { MediaItem } from 'c/messagingData';
import { labels } from './labels';
import { isPicture, mediaUri } from './library';

/** A picture of a message, loaded when it comes into view and opened larger on demand; other files are offered for download. */
export default class MessagingMedia extends LightningElement {
  @api item!: MediaItem;
  /** ISO time of its message, for the alternative text. */
  @api sentAt = '';

  labels = labels;
  source = '';
  failed = false;
  observer: IntersectionObserver | undefined;

  get picture(): boolean {
    return isPicture(this.item.contentType);
  }

  get alternative(): string {
    return this.item.fileName && !this.picture ? fill(labels.file, this.item.fileName) : fill(labels.picture, formatDateTime(this.sentAt));
  }

  get openLabel(): string {
    return fill(labels.open, this.alternative);
  }

  get downloadLabel(): string {
    return fill(labels.download, this.item.fileName || this.item.contentType);
  }

  get showPicture(): boolean {
    return this.source !== '' && this.picture;
  }

  get showFile(): boolean {
    return this.source !== '' && !this.picture;
  }

  connectedCallback(): void {
    if (typeof IntersectionObserver === 'undefined') {
      void this.load();
      return;
    }
    this.observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void this.load();
    });
    this.observer.observe(this.template!.host);
  }

  disconnectedCallback(): void {
    this.observer?.disconnect();
  }

  async load(): Promise<void> {
    this.observer?.disconnect();
    this.failed = false;
    try {
      this.source = await mediaUri(this.item.id);
    } catch {
      this.failed = true;
    }
  }

  /** A file that is not what it says it is. */
  handleBroken(): void {
    this.source = '';
    this.failed = true;
  }

  handleRetry(): void {
    void this.load();
  }

  async handleOpen(): Promise<void> {
    await MessagingMediaViewer.open({ label: this.alternative, size: 'large', source: this.source, fileName: this.item.fileName });
    (this.template!.querySelector('.open') as HTMLElement | null)?.focus();
  }
}
