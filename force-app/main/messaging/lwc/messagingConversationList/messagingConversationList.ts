import { LightningElement, api } from 'lwc';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import type { ConversationView } from 'c/messagingData';
import { toItems } from './items';
import type { ListItem } from './items';
import { labels } from './labels';

const AGES_MS = 60_000;

/**
 * Conversations, newest first, as one stop of the tab key: up, down, Home and End walk, Enter or space chooses.
 * Fires `choose` with `{id}`.
 */
export default class MessagingConversationList extends LightningElement {
  @api conversations: ConversationView[] = [];
  @api selectedId = '';

  labels = labels;
  focusedId = '';
  now = Date.now();
  clock: Poll | undefined;

  /** Puts the keyboard on the chosen row, or the first. */
  @api
  focus(): void {
    this.focusRow(this.reachableId);
  }

  connectedCallback(): void {
    this.clock = startPoll(() => (this.now = Date.now()), AGES_MS);
  }

  disconnectedCallback(): void {
    this.clock?.stop();
  }

  get items(): ListItem[] {
    return toItems(this.conversations, this.selectedId, this.reachableId, Math.max(this.now, Date.now()));
  }

  /** The row the tab key reaches: the one walked to, else the chosen one, else the first that is there. */
  get reachableId(): string {
    const wanted = [this.focusedId, this.selectedId].find((id) => this.conversations.some((row) => row.id === id));
    return wanted ?? this.conversations[0]?.id ?? '';
  }

  handleChoose(event: Event): void {
    this.choose((event.currentTarget as HTMLElement).dataset['id'] ?? '');
  }

  handleKey(event: KeyboardEvent): void {
    const rows = this.conversations;
    const at = rows.findIndex(({ id }) => id === this.reachableId);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    if (event.key === 'Enter' || event.key === ' ') this.choose(this.reachableId);
    else if (event.key in steps) this.focusRow(rows[Math.max(0, Math.min(rows.length - 1, steps[event.key]!))]?.id ?? '');
    else return;
    event.preventDefault();
  }

  choose(id: string): void {
    if (!id) return;
    this.focusedId = id;
    this.dispatchEvent(new CustomEvent('choose', { detail: { id } }));
  }

  focusRow(id: string): void {
    this.focusedId = id;
    const rows = Array.from(this.template!.querySelectorAll('[role="option"]')) as HTMLElement[];
    rows.find((row) => row.dataset['id'] === id)?.focus();
  }
}
