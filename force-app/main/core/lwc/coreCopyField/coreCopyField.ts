import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** A value to take elsewhere (an address, a report): shown in full, copied with one press, the success said aloud. */
export default class CoreCopyField extends LightningElement {
  labels = labels;
  outcome = '';

  @api label = '';
  @api value = '';
  /** Shows the button only, with the label as its text. */
  @api buttonOnly = false;

  get buttonLabel(): string {
    return fill(labels.copy, this.label);
  }

  async handleCopy(): Promise<void> {
    this.outcome = '';
    try {
      await navigator.clipboard.writeText(this.value);
      this.outcome = labels.copied;
    } catch {
      // An embedded page may not be allowed to write to the clipboard: then the selected text is one key away.
      this.outcome = this.selectText() ? labels.copyByHand : labels.copyFailed;
    }
  }

  selectText(): boolean {
    const shown = this.template?.querySelector('.value');
    const selection = window.getSelection();
    if (!shown || !selection) return false;
    selection.selectAllChildren(shown);
    return true;
  }
}
