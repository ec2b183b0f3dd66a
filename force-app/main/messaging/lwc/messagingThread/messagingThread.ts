import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import type { MessageView } from 'c/messagingData';
import { afterPaint } from './afterPaint';
import { compare, toItems } from './items';
import type { ThreadItem } from './items';
import { labels } from './labels';

/** Closer than this to an edge (pixels) counts as being there. */
const EDGE = 60;
/** More than a screen holds: what the reader sees first does not wait for what lies above it. */
const FIRST = 15;

/**
 * The messages of one conversation, oldest first. Stays at the newest message unless the reader scrolled up; then a button tells how many
 * came. Fires `older` when earlier messages are wanted, and passes on `retry`, `discard`, `settle` and `writeagain` of its
 * bubbles.
 */
export default class MessagingThread extends LightningElement {
  @api customerName = '';
  @api hasOlder = false;
  @api loadingOlder = false;
  /** The conversation has messages that have not reached the org. */
  @api unwritten = false;

  labels = labels;
  items: ThreadItem[] = [];
  announcement = '';
  newCount = 0;

  shown: MessageView[] = [];
  /** Only the newest messages of a conversation that was just opened are built yet; the others follow once these are on the screen. */
  partial = false;
  cancelRest: (() => void) | undefined;
  atEnd = true;
  heightBefore: number | undefined;
  /** Where the end was when the view was last put there. */
  endAt = 0;
  /** Known after the first rendering. */
  scroller: HTMLElement | undefined;
  sizes: ResizeObserver | undefined;

  @api
  get messages(): MessageView[] {
    return this.shown;
  }
  set messages(next: MessageView[]) {
    const change = compare(this.shown, next);
    if (change.fresh) {
      this.newCount = 0;
      this.partial = next.length > FIRST;
    }
    if (change.fresh || change.written) this.atEnd = true;
    this.heightBefore = change.prepended && !this.atEnd ? this.scroller?.scrollHeight : undefined;
    if (!this.atEnd) this.newCount += change.arrived.length;
    const last = change.arrived.at(-1);
    if (last) this.announcement = this.announce(last);
    this.shown = next;
    this.items = toItems(this.partial ? next.slice(-FIRST) : next);
  }

  /** Puts the keyboard into the list of messages. */
  @api
  focus(): void {
    this.scroller?.focus();
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  get empty(): { heading: string; message: string; icon: string } {
    if (this.unwritten) return { heading: labels.unwritten, message: labels.unwrittenText, icon: 'utility:clock' };
    return { heading: labels.empty, message: labels.emptyText, icon: 'utility:chat' };
  }

  get regionLabel(): string {
    return fill(labels.region, this.customerName);
  }

  get earlierLabel(): string {
    return this.loadingOlder ? labels.loadingEarlier : labels.earlier;
  }

  get newLabel(): string {
    return this.newCount === 1 ? labels.newOne : fill(labels.newMany, this.newCount);
  }

  renderedCallback(): void {
    this.scroller = this.refs?.['scroller'] as HTMLElement | undefined;
    if (this.scroller && this.heightBefore !== undefined) {
      this.scroller.scrollTop += this.scroller.scrollHeight - this.heightBefore;
      this.heightBefore = undefined;
    }
    if (this.atEnd) this.toEnd();
    this.watchSizes();
    if (this.partial) this.cancelRest ??= afterPaint(() => this.showRest());
  }

  showRest(): void {
    this.cancelRest = undefined;
    this.partial = false;
    if (!this.atEnd) this.heightBefore = this.scroller?.scrollHeight;
    this.items = toItems(this.shown);
  }

  disconnectedCallback(): void {
    this.sizes?.disconnect();
    this.sizes = undefined;
    if (!this.cancelRest) return;
    this.cancelRest();
    this.showRest(); // a page that comes back renders nothing by itself
  }

  /** Pictures and a growing composer change heights after rendering; the newest message must not slip out of view. */
  watchSizes(): void {
    const list = this.refs?.['list'];
    if (this.sizes || !list || !this.scroller || typeof ResizeObserver === 'undefined') return;
    this.sizes = new ResizeObserver(() => {
      if (this.atEnd) this.toEnd();
    });
    this.sizes.observe(list);
    this.sizes.observe(this.scroller);
  }

  toEnd(): void {
    const { scroller } = this;
    if (!scroller) return;
    this.endAt = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = scroller.scrollHeight;
  }

  announce({ body }: MessageView): string {
    return body ? fill(labels.announce, this.customerName, body) : fill(labels.announcePicture, this.customerName);
  }

  handleScroll(): void {
    const { scroller } = this;
    if (!scroller) return;
    const end = scroller.scrollHeight - scroller.clientHeight;
    // The browser tells of scrolling before it tells of new sizes: an end that moved away is no reader who scrolled up.
    if (this.atEnd && end !== this.endAt) {
      this.toEnd();
      return;
    }
    this.atEnd = end - scroller.scrollTop < EDGE;
    if (this.atEnd && this.newCount > 0) this.newCount = 0;
    if (scroller.scrollTop < EDGE && !this.atEnd) this.askOlder();
  }

  askOlder(): void {
    if (this.hasOlder && !this.loadingOlder) this.dispatchEvent(new CustomEvent('older'));
  }

  handleToNewest(): void {
    this.atEnd = true;
    this.newCount = 0;
    this.toEnd();
    this.focus();
  }

  handleBubble(event: CustomEvent<unknown>): void {
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail }));
  }
}
