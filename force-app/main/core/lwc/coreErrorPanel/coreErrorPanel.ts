import { LightningElement, api } from 'lwc';
import { readProblem } from 'c/coreErrors';
import type { Problem } from 'c/coreErrors';
import { fill } from 'c/coreText';
import { labels } from './labels';

/**
 * Shows a failed load or action in its place: what, why, which fields, and a button to try again.
 * Fires `retry` (no detail) when that button is pressed.
 */
export default class CoreErrorPanel extends LightningElement {
  /** Anything that was caught; see c/coreErrors. */
  @api error: unknown;
  /** Says what could not be done ("Conversations could not be loaded"); without it the problem's own title is the heading. */
  @api heading = '';
  /** Leaves the button out where trying again cannot help. */
  @api hideRetry = false;
  @api retryLabel = labels.retry;

  get problem(): Problem {
    return readProblem(this.error);
  }

  get title(): string {
    return this.heading || this.problem.title;
  }

  /** With our own heading the problem's title still carries meaning, so it leads the detail unless it repeats it. */
  get detail(): string {
    const { title, detail } = this.problem;
    if (!this.heading || !this.problem.code || !title || detail.startsWith(title)) return detail || title;
    return detail ? `${title.replace(/[.:]$/, '')}: ${detail}` : title;
  }

  get items(): { key: number; text: string }[] {
    return this.problem.errors.map(({ field, message }, key) => ({ key, text: field ? `${field}: ${message}` : message }));
  }

  get hasItems(): boolean {
    return this.problem.errors.length > 0;
  }

  get code(): string {
    return this.problem.code && fill(labels.code, this.problem.code);
  }

  get showRetry(): boolean {
    return !this.hideRetry;
  }

  handleRetry(): void {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
