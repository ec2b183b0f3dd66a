import { LightningElement, api } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import readConnection from '@salesforce/apex/AcdController.connection';
import endConnection from '@salesforce/apex/AcdController.disconnect';
import listLookups from '@salesforce/apex/AcdController.lookups';
import listPhoneSystems from '@salesforce/apex/AcdController.phoneSystems';
import readDirectory from '@salesforce/apex/AcdController.directory';
import refreshDirectory from '@salesforce/apex/AcdController.refreshDirectory';
import removeLookup from '@salesforce/apex/AcdController.removeLookup';
import removePhoneSystem from '@salesforce/apex/AcdController.removePhoneSystem';
import rollPhoneSystemKey from '@salesforce/apex/AcdController.rollPhoneSystemKey';
import AcdKey from 'c/acdKey';
import AcdToken from 'c/acdToken';
import AcdLookupForm from 'c/acdLookupForm';
import AcdPhoneSystemForm from 'c/acdPhoneSystemForm';
import type { AcdConnectionState, DirectoryState, Lookup, PhoneSystem } from 'c/acdModel';
import type { Org } from 'c/coreOrg';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** A first reading goes on by itself, so its progress is read again while the page is visible. */
const REFRESH_MS = 5_000;

/** Phone system: reads phone systems, look-ups and the state of the directory, opens the dialogs and does what the lists ask for. */
export default class AcdPage extends LightningElement {
  labels = labels;
  connection: AcdConnectionState | undefined;
  phoneSystems: PhoneSystem[] | undefined;
  lookups: Lookup[] = [];
  directory: DirectoryState | undefined;
  readAt = Date.now();
  error: unknown;
  actionError: unknown;
  actionHeading = '';
  busyId = '';
  refreshing = false;
  disconnecting = false;
  poll: Poll | undefined;

  @api org: Org | undefined;

  connectedCallback(): void {
    void this.load();
    this.poll = startPoll(() => this.load(), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  get loading(): boolean {
    return !this.phoneSystems && !this.error;
  }

  get failed(): boolean {
    return !this.phoneSystems;
  }

  get hasPhoneSystem(): boolean {
    return Boolean(this.phoneSystems?.length);
  }

  async load(): Promise<void> {
    try {
      const [connection, phoneSystems, lookups, directory] = await Promise.all([
        readConnection<AcdConnectionState>(),
        listPhoneSystems<{ items: PhoneSystem[] }>(),
        listLookups<{ items: Lookup[] }>(),
        readDirectory<DirectoryState>(),
      ]);
      const items = { phoneSystems: phoneSystems.items, lookups: lookups.items };
      Object.assign(this, { connection, ...items, directory, readAt: Date.now(), error: undefined });
    } catch (error) {
      this.error = error;
    }
  }

  handleRetry(): void {
    this.error = undefined;
    void this.load();
  }

  /** The window opens as the direct answer to the press: browsers block it otherwise. The page tells by itself how it ended. */
  handleConnect(): void {
    const url = this.connection?.connectUrl ?? '';
    this.actionError = undefined;
    if (window.open(url, 'switchboard-acd', 'popup,width=720,height=760')) return;
    this.actionError = new Error(fill(labels.popUpBlocked, url));
    this.actionHeading = labels.connectFailed;
  }

  async handleDisconnect(): Promise<void> {
    if (!(await this.confirm(labels.disconnectTitle, labels.disconnectText))) return;
    this.disconnecting = true;
    await this.run('', labels.disconnectFailed, async () => {
      await endConnection();
    });
    this.disconnecting = false;
  }

  async handleNewToken({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const phoneSystem = this.phoneSystems?.find(({ id }) => id === detail.id);
    if (!phoneSystem) return;
    await AcdToken.open({ label: fill(labels.tokenOf, phoneSystem.name), size: 'small', phoneSystem });
    this.focusOn('c-acd-phone-systems', detail.id);
  }

  handleAddPhoneSystem(): void {
    void this.openPhoneSystem();
  }

  handleEditPhoneSystem({ detail }: CustomEvent<{ id: string }>): void {
    void this.openPhoneSystem(this.phoneSystems?.find(({ id }) => id === detail.id));
  }

  async openPhoneSystem(phoneSystem?: PhoneSystem): Promise<void> {
    const saved: (PhoneSystem & { key?: string }) | undefined = await AcdPhoneSystemForm.open({
      label: phoneSystem ? fill(labels.editOf, phoneSystem.name) : labels.addPhoneSystem,
      size: 'small',
      phoneSystem,
    });
    if (saved?.key) await this.showKey(saved, saved.key);
    if (saved) await this.load();
    this.focusOn('c-acd-phone-systems', saved?.id ?? phoneSystem?.id);
  }

  showKey({ name, pbxId }: PhoneSystem, secret: string): Promise<unknown> {
    const { orgId = '', serviceUrl = '' } = this.org ?? {};
    return AcdKey.open({ label: fill(labels.keyOf, name), size: 'small', name, secret, pbxId, orgId, serviceUrl });
  }

  async handleRollKey({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const phoneSystem = this.phoneSystems?.find(({ id }) => id === detail.id);
    if (!phoneSystem || !(await this.confirm(fill(labels.rollTitle, phoneSystem.name), labels.rollText))) return;
    await this.run(detail.id, labels.rollFailed, async () => {
      const { key } = await rollPhoneSystemKey<{ key: string }>({ id: detail.id });
      await this.showKey(phoneSystem, key);
    });
    this.focusOn('c-acd-phone-systems', detail.id);
  }

  async handleRemovePhoneSystem({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const phoneSystem = this.phoneSystems?.find(({ id }) => id === detail.id);
    if (!phoneSystem || !(await this.confirm(fill(labels.removeTitle, phoneSystem.name), labels.removePhoneSystemText))) return;
    await this.run(detail.id, labels.removeFailed, async () => {
      await removePhoneSystem({ id: detail.id });
      this.toast(fill(labels.removed, phoneSystem.name));
    });
    this.focusOn('c-acd-phone-systems');
  }

  handleAddLookup(): void {
    void this.openLookup();
  }

  handleEditLookup({ detail }: CustomEvent<{ id: string }>): void {
    void this.openLookup(this.lookups.find(({ id }) => id === detail.id));
  }

  async openLookup(lookup?: Lookup): Promise<void> {
    const label = lookup ? fill(labels.editOf, lookup.name) : labels.addLookup;
    const saved: Lookup | undefined = await AcdLookupForm.open({ label, size: 'medium', lookup });
    if (saved) {
      this.toast(fill(labels.saved, saved.name));
      await this.load();
    }
    this.focusOn('c-acd-lookups', saved?.id ?? lookup?.id ?? '');
  }

  async handleRemoveLookup({ detail }: CustomEvent<{ id: string }>): Promise<void> {
    const lookup = this.lookups.find(({ id }) => id === detail.id);
    if (!lookup || !(await this.confirm(fill(labels.removeTitle, lookup.name), labels.removeLookupText))) return;
    await this.run(detail.id, labels.removeFailed, async () => {
      await removeLookup({ id: detail.id });
      this.toast(fill(labels.removed, lookup.name));
    });
    this.focusOn('c-acd-lookups');
  }

  async handleRefreshDirectory(): Promise<void> {
    this.refreshing = true;
    await this.run('', labels.refreshFailed, async () => {
      await refreshDirectory();
    });
    this.refreshing = false;
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

  toast(title: string): void {
    this.dispatchEvent(new ShowToastEvent({ title, message: '', variant: 'success', mode: 'dismissible' }));
  }

  /** After a dialog the focus goes back to the row, or to the list's add button where the row is gone. */
  focusOn(list: 'c-acd-phone-systems' | 'c-acd-lookups', id = ''): void {
    this.template?.querySelector<HTMLElement & { focusRow(id: string): void }>(list)?.focusRow(id);
  }
}
