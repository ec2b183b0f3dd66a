import { LightningElement, api } from 'lwc';
import runChecks from '@salesforce/apex/SetupController.runChecks';
import carrierAccounts from '@salesforce/apex/MessagingSetupController.carrierAccounts';
import listNumbers from '@salesforce/apex/MessagingSetupController.numbers';
import type { Check } from 'c/coreCheckInstallation';
import type { Connection } from 'c/connectionsModel';
import { goToPage } from 'c/coreOrg';
import type { Org, Registration, SetupPage } from 'c/coreOrg';
import type { CarrierAccount, OurNumber } from 'c/messagingSetupModel';
import { fill } from 'c/coreText';
import { stepsOf } from './steps';
import type { Step } from './steps';
import { labels } from './labels';

interface ShownStep extends Step {
  isRegister: boolean;
  isAccess: boolean;
  isTest: boolean;
  hasLink: boolean;
}

/** Checklist from a new org to a delivered message. Fires `refresh` when the org's registration changed. */
export default class CoreGetStarted extends LightningElement {
  labels = labels;
  accounts: CarrierAccount[] = [];
  numbers: OurNumber[] = [];
  checks: Check[] = [];
  loading = false;
  error: unknown;
  testDelivered = false;
  testFailed = false;
  loadedFor: Registration | undefined;
  currentRegistration: Registration = 'unregistered';

  @api org: Org | undefined;
  @api connections: Connection[] = [];

  @api get registration(): Registration {
    return this.currentRegistration;
  }

  set registration(value: Registration) {
    this.currentRegistration = value;
    if (value === 'registered' && this.loadedFor !== 'registered') void this.load();
    this.loadedFor = value;
  }

  get steps(): ShownStep[] {
    const { registration, org, connections, accounts, numbers, checks, testDelivered, testFailed } = this;
    return stepsOf({ registration, org, connections, accounts, numbers, checks, testDelivered, testFailed }).map((step) => ({
      ...step,
      isRegister: step.key === 'register' && step.status !== 'done',
      isAccess: step.key === 'access' && step.status !== 'waiting',
      isTest: step.key === 'test' && registration === 'registered' && numbers.length > 0,
      hasLink: step.page !== undefined && registration === 'registered',
    }));
  }

  get doneCount(): number {
    return this.steps.filter(({ status }) => status === 'done').length;
  }

  get percent(): number {
    return Math.round((100 * this.doneCount) / this.steps.length);
  }

  get barStyle(): string {
    return `width: ${this.percent}%`;
  }

  get progressText(): string {
    return fill(labels.progress, this.doneCount, this.steps.length);
  }

  get canCheck(): boolean {
    return this.registration === 'registered';
  }

  /** The checks ask Salesforce itself, so they run once per visit and on demand, not with every refresh. */
  async load(): Promise<void> {
    this.loading = true;
    this.error = undefined;
    try {
      const [accounts, numbers, checks] = await Promise.all([
        carrierAccounts<{ items: CarrierAccount[] }>(),
        listNumbers<{ items: OurNumber[] }>(),
        runChecks<{ items: Check[] }>(),
      ]);
      Object.assign(this, { accounts: accounts.items, numbers: numbers.items, checks: checks.items });
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
  }

  handleReload(): void {
    void this.load();
    this.dispatchEvent(new CustomEvent('refresh'));
  }

  handleRegistered(): void {
    this.dispatchEvent(new CustomEvent('refresh'));
  }

  handleTestStarted(): void {
    this.testDelivered = this.testFailed = false;
  }

  handleDelivered(): void {
    this.testDelivered = true;
  }

  handleUndelivered(): void {
    this.testFailed = true;
  }

  handleLink(event: Event): void {
    goToPage(this, (event.currentTarget as HTMLElement).dataset['page'] as SetupPage);
  }
}
