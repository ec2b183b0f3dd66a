import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { labels } from './labels';

export type StepStatus = 'done' | 'next' | 'failed' | 'waiting';

const STATUS_WORDS: Record<StepStatus, string> = {
  done: labels.done,
  next: labels.next,
  failed: labels.failed,
  waiting: labels.waiting,
};

/** One step of a checklist; the work of the step goes into the default slot, its button into `action`. */
export default class CoreSetupStep extends LightningElement {
  labels = labels;

  @api number = 1;
  @api heading = '';
  /** What the step is for, or how it ended. */
  @api text = '';
  @api status: StepStatus = 'waiting';
  /** Of a failed step: why it failed, and what to do about it. */
  @api cause = '';
  @api cure = '';

  get isDone(): boolean {
    return this.status === 'done';
  }

  get isFailed(): boolean {
    return this.status === 'failed';
  }

  get statusWord(): string {
    return STATUS_WORDS[this.status];
  }

  get stepWord(): string {
    return fill(labels.step, this.number);
  }

  get ringClass(): string {
    return `ring ring_${this.status} slds-grid slds-grid_align-center slds-grid_vertical-align-center`;
  }

  get badgeClass(): string {
    return { done: 'slds-theme_success', next: 'slds-badge_inverse', failed: 'slds-theme_error', waiting: '' }[this.status];
  }

  get current(): string | undefined {
    return this.status === 'next' || this.status === 'failed' ? 'step' : undefined;
  }
}
