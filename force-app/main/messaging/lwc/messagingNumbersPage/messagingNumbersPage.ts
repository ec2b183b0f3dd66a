import { LightningElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import carrierAccounts from '@salesforce/apex/MessagingSetupController.carrierAccounts';
import listNumbers from '@salesforce/apex/MessagingSetupController.numbers';
import removeCarrierAccount from '@salesforce/apex/MessagingSetupController.removeCarrierAccount';
import removeNumber from '@salesforce/apex/MessagingSetupController.removeNumber';
import testCarrierAccount from '@salesforce/apex/MessagingSetupController.testCarrierAccount';
import updateNumber from '@salesforce/apex/MessagingSetupController.updateNumber';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import MessagingCarrierForm from 'c/messagingCarrierForm';
import MessagingNumberForm from 'c/messagingNumberForm';
import { forgetNumbers, showNumber } from 'c/messagingData';
import type { CarrierAccount, OurNumber } from 'c/messagingSetupModel';
import { labels } from './labels';

/** The state of a carrier changes by itself, so it is read again while the page is visible. */
const REFRESH_MS = 8_000;

/** Numbers & carriers: reads both lists, opens the dialogs and does what the lists ask for. */
export default class MessagingNumbersPage extends LightningElement {
  labels = labels;
  accounts: CarrierAccount[] | undefined;
  numbers: OurNumber[] = [];
  error: unknown;
  actionError: unknown;
  actionHeading = '';
  busyId = '';
  poll: Poll | undefined;

  connectedCallback(): void {
    void this.load();
    this.poll = startPoll(() => this.load(), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  get loading(): boolean {
    return !this.accounts && !this.error;
  }

  get failed(): boolean {
    return !this.accounts;
  }

  get canAddNumber(): boolean {
    return Boolean(this.accounts?.length);
  }

  async load(): Promise<void> {
    try {
      const [accounts, numbers] = await Promise.all([
        carrierAccounts<{ items: CarrierAccount[] }>(),
        listNumbers<{ items: OurNumber[] }>(),
      ]);
      Object.assign(this, { accounts: accounts.items, numbers: numbers.items, error: undefined });
    } catch (error) {
      this.error = error;
    }
  }

  handleRetry(): void {
    this.error = undefined;
    void this.load();
  }

  handleAddAccount(): void {
    void this.openAccount();
  }

  handleEditAccount({ detail }: CustomEvent<{ id: string }>): void {
    void this.openAccount(this.accounts?.find(({ id }) => id === detail.id));
  }

  async openAccount(account?: CarrierAccount): Promise<void> {
    await MessagingCarrierForm.open({ label: account ? labels.editAccount : labels.addAccount, size: 'small', account });
    this.focusOn('c-messaging-carrier-accounts', account?.id);
    await this.load();
  }

  async handleTestAccount({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    await this.run(detail.id, labels.testFailed, async () => {
      const { label, state, stateText } = await testCarrierAccount<CarrierAccount>({ id: detail.id });
      const works = state !== 'failed';
      this.toast(works ? 'success' : 'error', fill(works ? labels.accountWorks : labels.accountFails, label), stateText);
    });
    this.focusOn('c-messaging-carrier-accounts', detail.id);
  }

  async handleRemoveAccount({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const account = this.accounts?.find(({ id }) => id === detail.id);
    if (!account) return;
    const used = this.numbers.filter(({ accountId }) => accountId === account.id).map(({ number }) => showNumber(number));
    if (used.length > 0) {
      this.actionHeading = fill(labels.accountUsed, account.label);
      this.actionError = new Error(fill(labels.accountUsedText, used.join(', ')));
      return;
    }
    if (!(await this.confirm(fill(labels.removeAccountTitle, account.label), labels.removeAccountText))) return;
    await this.run(account.id, labels.removeFailed, async () => {
      await removeCarrierAccount({ id: account.id });
      this.toast('success', fill(labels.removed, account.label));
    });
    this.focusOn('c-messaging-carrier-accounts');
  }

  handleAddNumber(): void {
    void this.openNumber();
  }

  handleEditNumber({ detail }: CustomEvent<{ id: string }>): void {
    void this.openNumber(this.numbers.find(({ id }) => id === detail.id));
  }

  async openNumber(number?: OurNumber): Promise<void> {
    const title = number ? labels.editNumber : labels.addNumber;
    const saved: OurNumber | undefined = await MessagingNumberForm.open({
      label: title,
      size: 'small',
      number,
      accounts: this.accounts,
      isFirst: this.numbers.length === 0,
    });
    this.focusOn('c-messaging-numbers', number?.id);
    if (!saved) return;
    this.toast('success', fill(labels.saved, showNumber(saved.number)));
    await this.numbersChanged();
  }

  async handleMakeDefault({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    await this.run(detail.id, labels.defaultFailed, async () => {
      await updateNumber({ id: detail.id, body: { isDefault: true } });
      forgetNumbers();
    });
    this.focusOn('c-messaging-numbers', detail.id);
  }

  async handleRemoveNumber({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const number = this.numbers.find(({ id }) => id === detail.id);
    if (!number || !(await this.confirm(fill(labels.removeNumberTitle, showNumber(number.number)), labels.removeNumberText))) return;
    await this.run(number.id, labels.removeFailed, async () => {
      await removeNumber({ id: number.id });
      forgetNumbers();
      this.toast('success', fill(labels.removed, showNumber(number.number)));
    });
    this.focusOn('c-messaging-numbers');
  }

  async numbersChanged(): Promise<void> {
    forgetNumbers(); // the composer on this page keeps the list for a while
    await this.load();
  }

  async run(id: string, heading: string, work: () => Promise<void>): Promise<void> {
    this.busyId = id;
    this.actionError = undefined;
    try {
      await work();
    } catch (error) {
      this.actionError = error;
      this.actionHeading = heading;
    }
    await this.load();
    this.busyId = '';
  }

  confirm(label: string, message: string): Promise<boolean> {
    return LightningConfirm.open({ label, message, theme: 'warning' });
  }

  toast(variant: 'success' | 'error', title: string, message = ''): void {
    this.dispatchEvent(new ShowToastEvent({ title, message, variant, mode: variant === 'error' ? 'sticky' : 'dismissible' }));
  }

  /** After a dialog the focus goes back to the row, or to the list's add button where the row is gone. */
  focusOn(list: 'c-messaging-carrier-accounts' | 'c-messaging-numbers', id = ''): void {
    this.template?.querySelector<HTMLElement & { focusRow(id: string): void }>(list)?.focusRow(id);
  }
}
