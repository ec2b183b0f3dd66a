import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import mineRead from '@salesforce/apex/ConversationReads.myConversations';
import allRead from '@salesforce/apex/ConversationReads.recentConversations';
import searchRead from '@salesforce/apex/ConversationReads.search';
import numberRead from '@salesforce/apex/ConversationSearch.byNumber';
import unreadRead from '@salesforce/apex/ConversationReads.unreadConversations';
import { fill } from 'c/coreText';
import * as data from 'c/messagingData';
import type { ConversationView, Row, Wired } from 'c/messagingData';
import { emptyTexts, filterOptions, readPage } from './filters';
import type { Filter } from './filters';
import { labels } from './labels';

const SIZE = 50;
/** Every conversation of the org wakes every open list; twice a second would be paid by all for the sake of one. */
const REREAD_GAP_MS = 1_500;
const TYPING_MS = 300;

/** The conversations the user may see. Fires `choose` with `{id, conversation}` and `start` (a new message is wanted). */
export default class MessagingInbox extends LightningElement {
  @api selectedId = '';

  labels = labels;
  filterOptions = filterOptions;
  filter: Filter = 'all';
  /** Parameters of the one wired read that serves the filter; the other two stay undefined and therefore idle. */
  sizes: Record<Filter, number | undefined> = { all: SIZE, mine: undefined, unread: undefined };
  before = data.NO_LIMIT_TIME;

  conversations: ConversationView[] | undefined;
  hasMore = false;
  loadingMore = false;
  error: unknown;
  typed = '';
  hits: ConversationView[] | undefined;
  searchError: unknown;

  wired: Wired | undefined;
  searchTimer: ReturnType<typeof setTimeout> | undefined;
  stopWatching: (() => void) | undefined;
  reread = data.calmly(() => this.refresh(), REREAD_GAP_MS);

  /** Puts the keyboard on the chosen conversation. */
  @api
  focus(): void {
    (this.refs?.['list'] as HTMLElement | undefined)?.focus();
  }

  connectedCallback(): void {
    this.stopWatching = data.watchConversations(() => this.reread());
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.reread.cancel();
    clearTimeout(this.searchTimer);
  }

  @wire(allRead, { size: '$sizes.all', before: '$before' })
  receiveAll(wired: Wired): void {
    this.receive('all', wired);
  }

  @wire(mineRead, { size: '$sizes.mine', before: '$before' })
  receiveMine(wired: Wired): void {
    this.receive('mine', wired);
  }

  @wire(unreadRead, { size: '$sizes.unread', before: '$before' })
  receiveUnread(wired: Wired): void {
    this.receive('unread', wired);
  }

  receive(filter: Filter, wired: Wired): void {
    if (filter !== this.filter) return;
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (!wired.data) return;
    const page = wired.data.map(data.toConversation);
    const known = this.conversations;
    this.conversations = data.applyFirstPage(known ?? [], page, SIZE);
    if (!known || this.conversations.length === page.length) this.hasMore = page.length >= SIZE;
    if (!known && data.seenBefore(`inbox ${filter}`)) this.reread();
  }

  get shown(): ConversationView[] | undefined {
    return this.isSearch ? this.hits : this.conversations;
  }

  get isSearch(): boolean {
    return this.typed.trim() !== '';
  }

  get isBrowsing(): boolean {
    return !this.isSearch;
  }

  get isLoading(): boolean {
    if (this.isSearch) return !this.hits && !this.searchError && !this.tooShort;
    return !this.conversations && !this.error;
  }

  get loadError(): unknown {
    return this.isSearch ? this.searchError : this.conversations ? undefined : this.error;
  }

  get refreshError(): unknown {
    return !this.isSearch && this.conversations ? this.error : undefined;
  }

  get errorHeading(): string {
    return this.isSearch ? labels.searchFailed : labels.failed;
  }

  get tooShort(): string {
    return this.isSearch && !data.searchTerm(this.typed) ? fill(labels.searchShort, data.SHORTEST_TERM) : '';
  }

  get isEmpty(): boolean {
    return this.shown?.length === 0;
  }

  get empty(): { heading: string; message: string } {
    if (this.isSearch) return { heading: labels.emptySearch, message: fill(labels.emptySearchText, this.typed.trim()) };
    return emptyTexts(this.filter);
  }

  /** Read out after a search. */
  get found(): string {
    return this.isSearch && this.hits ? fill(labels.found, this.hits.length) : '';
  }

  get showMore(): boolean {
    return this.isBrowsing && this.hasMore;
  }

  async refresh(): Promise<void> {
    await refreshApex(this.wired);
  }

  handleFilter({ detail }: CustomEvent<{ value: string }>): void {
    this.filter = detail.value as Filter;
    this.conversations = undefined;
    this.error = undefined;
    this.hasMore = false;
    this.sizes = { all: undefined, mine: undefined, unread: undefined, [this.filter]: SIZE };
  }

  handleSearch({ detail }: CustomEvent<{ value: string }>): void {
    this.typed = detail.value;
    this.hits = undefined;
    this.searchError = undefined;
    clearTimeout(this.searchTimer);
    if (data.searchTerm(this.typed)) this.searchTimer = setTimeout(() => void this.search(), TYPING_MS);
  }

  async search(): Promise<void> {
    const typed = this.typed;
    this.searchError = undefined;
    try {
      const pattern = data.numberPattern(typed);
      const [found, byNumber] = await Promise.all([
        searchRead<Row[][]>({ term: data.searchTerm(typed) }),
        pattern ? numberRead<Row[]>({ pattern }) : [],
      ]);
      if (typed === this.typed) this.hits = data.toSearchHits(found, byNumber);
    } catch (error) {
      if (typed === this.typed) this.searchError = error;
    }
  }

  async handleMore(): Promise<void> {
    const { filter, conversations = [] } = this;
    this.loadingMore = true;
    try {
      const page = (await readPage(filter, SIZE, data.nextBefore(conversations))).map(data.toConversation);
      if (filter !== this.filter) return;
      const next = data.appendPage(this.conversations ?? [], page);
      this.hasMore = page.length >= SIZE && next.length > (this.conversations ?? []).length;
      this.conversations = next;
    } catch (error) {
      this.error = error;
    } finally {
      this.loadingMore = false;
    }
  }

  handleRetry(): void {
    void (this.isSearch ? this.search() : this.refresh());
  }

  handleChoose({ detail }: CustomEvent<{ id: string }>): void {
    const conversation = this.shown?.find(({ id }) => id === detail.id);
    this.dispatchEvent(new CustomEvent('choose', { detail: { id: detail.id, conversation } }));
  }

  handleStart(): void {
    this.dispatchEvent(new CustomEvent('start'));
  }
}
