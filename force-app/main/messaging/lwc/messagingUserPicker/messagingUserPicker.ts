import { LightningElement, api, wire } from 'lwc';
import searchUsers from '@salesforce/apex/UserSearch.users';
import { fill } from 'c/coreText';
import { labels } from './labels';

interface User {
  Id: string;
  Name: string;
  Username: string;
}

const SHORTEST_TERM = 2;
const PAUSE_MS = 300;

/** Chooses users of the org by name. Fires `userschange` with `{value}`: the ids now chosen. (Not `change`: that of the search field leaves this component.) */
export default class MessagingUserPicker extends LightningElement {
  labels = labels;
  typed = '';
  /** What the read below waits for: undefined while there is too little to search for. */
  pattern: string | undefined;
  found: User[] = [];
  searchError: unknown;
  searched = false;
  names = new Map<string, string>();
  announcement = '';
  timer: ReturnType<typeof setTimeout> | undefined;

  /** Ids of the chosen users. */
  @api value: string[] = [];
  @api label = '';
  @api disabled = false;

  /** The names of users already chosen: one read takes in all of a small org. */
  @wire(searchUsers, { term: '%' })
  handleKnown({ data }: { data?: User[] }): void {
    if (data) this.remember(data);
  }

  @wire(searchUsers, { term: '$pattern' })
  handleFound({ data, error }: { data?: User[]; error?: unknown }): void {
    this.searchError = error;
    if (!data) return;
    this.found = data;
    this.searched = true;
    this.remember(data);
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  get chosen(): { id: string; name: string; removeLabel: string }[] {
    return this.value.map((id) => {
      const name = this.names.get(id) ?? fill(labels.userById, id);
      return { id, name, removeLabel: fill(labels.removeUser, name) };
    });
  }

  get results(): { id: string; name: string; username: string; addLabel: string }[] {
    if (!this.pattern) return [];
    return this.found
      .filter(({ Id }) => !this.value.includes(Id))
      .map(({ Id, Name, Username }) => ({ id: Id, name: Name, username: Username, addLabel: fill(labels.addUser, Name) }));
  }

  get isEmpty(): boolean {
    return Boolean(this.pattern) && this.searched && this.results.length === 0;
  }

  remember(users: User[]): void {
    this.names = new Map([...this.names, ...users.map(({ Id, Name }) => [Id, Name] as const)]);
  }

  handleTyped(event: CustomEvent<{ value: string }>): void {
    this.typed = event.detail.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE_MS);
  }

  search(): void {
    const term = this.typed.trim();
    this.searched = false;
    // % and _ stand for any text in the query, so they are taken literally here.
    this.pattern = term.length < SHORTEST_TERM ? undefined : `%${term.replace(/[\\%_]/g, '\\$&')}%`;
  }

  handleAdd(event: Event): void {
    const { id = '' } = (event.currentTarget as HTMLElement).dataset;
    this.choose([...this.value, id], fill(labels.userAdded, this.names.get(id) ?? id));
  }

  handleRemove(event: Event): void {
    const { id = '' } = (event.currentTarget as HTMLElement).dataset;
    this.choose(
      this.value.filter((chosen) => chosen !== id),
      fill(labels.userRemoved, this.names.get(id) ?? id),
    );
  }

  choose(value: string[], announcement: string): void {
    this.announcement = announcement;
    this.template?.querySelector<HTMLElement>('.search')?.focus(); // the pressed button goes away
    this.dispatchEvent(new CustomEvent('userschange', { detail: { value } }));
  }
}
