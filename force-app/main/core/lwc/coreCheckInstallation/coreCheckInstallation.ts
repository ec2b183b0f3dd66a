import { LightningElement } from 'lwc';
import runChecks from '@salesforce/apex/SetupController.runChecks';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { goToPage } from 'c/coreOrg';
import { labels } from './labels';

/** One finding about the installation: an item of `POST /v1/checks`. */
export interface Check {
  id: string;
  title: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  /** What an admin does about it. */
  fix?: string;
}

const LOOKS = {
  ok: { iconName: 'utility:success', variant: 'success', word: labels.checkOk },
  warning: { iconName: 'utility:warning', variant: 'warning', word: labels.checkWarning },
  failed: { iconName: 'utility:error', variant: 'error', word: labels.checkFailed },
};
const WORST_FIRST: Check['status'][] = ['failed', 'warning', 'ok'];

/** Runs the installation checks on demand; failed ones come first, each with its fix. */
export default class CoreCheckInstallation extends LightningElement {
  labels = labels;
  checks: Check[] | undefined;
  ranAt = '';
  running = false;
  error: unknown;

  get runLabel(): string {
    return this.checks ? labels.runAgain : labels.run;
  }

  get isEmpty(): boolean {
    return !this.checks;
  }

  get items(): object[] {
    const sorted = [...(this.checks ?? [])].sort((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
    return sorted.map((check) => ({ ...check, ...LOOKS[check.status] }));
  }

  get summary(): string {
    const count = (status: Check['status']): number => this.checks?.filter((check) => check.status === status).length ?? 0;
    return fill(labels.summary, count('ok'), count('warning'), count('failed'), this.ranAt);
  }

  get report(): string {
    const lines = (this.checks ?? []).map(({ title, status, detail, fix }) =>
      [`[${LOOKS[status].word}] ${title}: ${detail}`, fix && `    ${labels.fix} ${fix}`].filter(Boolean).join('\n'),
    );
    return [labels.reportTitle, this.summary, '', ...lines].join('\n');
  }

  async handleRun(): Promise<void> {
    this.running = true;
    this.error = undefined;
    try {
      this.checks = (await runChecks<{ items: Check[] }>()).items;
      this.ranAt = formatDateTime(Date.now());
    } catch (error) {
      this.error = error;
    }
    this.running = false;
  }

  handleGetStarted(): void {
    goToPage(this, 'start');
  }
}
