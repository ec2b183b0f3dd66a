import LightningModal from 'lightning/modal';
import candidates from '@salesforce/apex/ConnectionsController.candidates';
import invite from '@salesforce/apex/ConnectionsController.invite';
import type { Candidate, Connection } from 'c/connectionsModel';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { fill } from 'c/coreText';
import { labels } from './labels';

const SHORTEST_TERM = 2;
const PAUSE_MS = 300;

/** Finds an administrator of this org and sends the invitation. Closes with `{connection}` or, when cancelled, with nothing. */
export default class ConnectionsInvite extends LightningModal {
  labels = labels;
  term = '';
  found: Candidate[] | undefined;
  searching = false;
  selected: Candidate | undefined;
  email = '';
  saving = false;
  searchError: unknown;
  inviteError: unknown;
  timer: ReturnType<typeof setTimeout> | undefined;

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  get isShort(): boolean {
    return this.found === undefined;
  }

  get isEmpty(): boolean {
    return this.found?.length === 0;
  }

  get emptyText(): string {
    return fill(labels.noUser, this.term.trim());
  }

  get resultText(): string {
    return this.found && !this.searching ? fill(labels.found, this.found.length) : '';
  }

  get rows(): object[] {
    return (this.found ?? []).map((candidate) => ({
      ...candidate,
      disabled: !candidate.admin || Boolean(candidate.reason),
      checked: candidate.userId === this.selected?.userId,
      noteId: `note-${candidate.userId}`,
      note: candidate.reason || (candidate.admin ? labels.isAdmin : labels.notAdmin),
      noteClass: `slds-p-left_large slds-text-body_small ${candidate.admin && !candidate.reason ? 'slds-text-color_success' : 'slds-text-color_weak'}`,
    }));
  }

  get cannotInvite(): boolean {
    return !this.selected || this.saving;
  }

  handleTerm(event: CustomEvent<{ value: string }>): void {
    this.term = event.detail.value;
    clearTimeout(this.timer);
    if (this.term.trim().length < SHORTEST_TERM) {
      this.found = undefined;
      this.searching = false;
      return;
    }
    this.timer = setTimeout(() => void this.search(), PAUSE_MS);
  }

  async search(): Promise<void> {
    const { term } = this;
    this.searching = true;
    this.searchError = undefined;
    try {
      const { items } = await candidates<{ items: Candidate[] }>({ term: term.trim() });
      if (term !== this.term) return; // a later search answers
      this.found = items;
    } catch (error) {
      if (term === this.term) this.searchError = error;
    }
    this.searching = false;
  }

  handleRetrySearch(): void {
    void this.search();
  }

  handleSelect(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.selected = this.found?.find(({ userId }) => userId === value);
    this.email = this.selected?.email ?? '';
    this.inviteError = undefined;
  }

  handleEmail(event: CustomEvent<{ value: string }>): void {
    this.email = event.detail.value;
  }

  async handleInvite(): Promise<void> {
    if (!this.selected || !checkFields(this.template)) return;
    this.saving = true;
    this.inviteError = undefined;
    try {
      const { username } = this.selected;
      const email = this.email.trim();
      this.close({ connection: await invite<Connection>({ body: { username, ...(email ? { email } : {}) } }) });
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.inviteError = error;
    }
    this.saving = false;
  }

  handleCancel(): void {
    this.close();
  }
}
