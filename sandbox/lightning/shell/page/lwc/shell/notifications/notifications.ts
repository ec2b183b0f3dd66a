import { LightningElement } from 'lwc';
import { context } from 'shell/context';
import { get } from 'shell/requests';
import { navigate, type PageInput } from 'shell/routes';
import { onNews } from 'shell/stream';

interface Notification {
  id: string;
  title: string;
  body: string;
  targetId: string | null;
  targetPageRef: string | null;
  /** ISO 8601 UTC. */
  at: string;
}

/** The bell: custom notifications of the signed-in user, as they arrive. */
export default class Notifications extends LightningElement {
  items: Notification[] = [];
  open = false;
  announcement = '';
  private seenUntil = localStorage.getItem(this.storageKey) ?? '';

  async connectedCallback(): Promise<void> {
    onNews('notification', (data) => this.add(data as Notification));
    const { items } = await get<{ items: Notification[] }>('/__shell/notifications').catch(() => ({ items: [] }));
    this.items = [...this.items, ...items.filter(({ id }) => !this.items.some((known) => known.id === id))];
  }

  get storageKey(): string {
    return `shell-notifications-seen-${context().orgId}-${context().user.id}`;
  }

  get unread(): number {
    return this.items.filter(({ at }) => at > this.seenUntil).length;
  }

  get badge(): string {
    return this.unread > 99 ? '99+' : String(this.unread);
  }

  get buttonLabel(): string {
    return this.unread === 1 ? '1 new notification' : `${this.unread} new notifications`;
  }

  get expanded(): string {
    return String(this.open);
  }

  get rows() {
    return this.items.map((item) => ({ ...item, time: new Date(item.at) }));
  }

  get empty(): boolean {
    return this.items.length === 0;
  }

  handleToggle(): void {
    this.open = !this.open;
    if (this.open) this.markSeen();
  }

  handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    this.open = false;
    this.template?.querySelector('button')?.focus();
  }

  handleOpen(event: Event): void {
    const id = (event.currentTarget as HTMLElement).dataset['id'];
    const item = this.items.find((each) => each.id === id);
    this.open = false;
    if (item?.targetPageRef) navigate(JSON.parse(item.targetPageRef) as PageInput);
    else if (item?.targetId) navigate({ type: 'standard__recordPage', attributes: { recordId: item.targetId, actionName: 'view' } });
  }

  private add(item: Notification): void {
    if (this.items.some(({ id }) => id === item.id)) return;
    this.items = [item, ...this.items];
    this.announcement = `${item.title}: ${item.body}`;
    if (this.open) this.markSeen();
  }

  private markSeen(): void {
    this.seenUntil = this.items[0]?.at ?? '';
    localStorage.setItem(this.storageKey, this.seenUntil);
  }
}
