import { LightningElement, api } from 'lwc';
import tryLookup from '@salesforce/apex/AcdController.tryLookup';
import type { Answer, Lookup, PhoneSystem } from 'c/acdModel';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** Asks as a phone system would, and shows the answer, where it came from, how long it took and why it is this one. */
export default class AcdTryIt extends LightningElement {
  labels = labels;
  asked = { caller: '', called: '', caseNumber: '', accountNumber: '', lookup: '', pbx: '' };
  answer: Answer | undefined;
  error: unknown;
  busy = false;

  @api lookups: Lookup[] = [];
  @api phoneSystems: PhoneSystem[] = [];

  get lookupOptions(): { label: string; value: string }[] {
    const own = this.lookups.flatMap(({ id, name }) => (id === null ? [] : [{ value: id, label: name }]));
    return [{ value: '', label: labels.byCalledNumber }, ...own];
  }

  get pbxOptions(): { label: string; value: string }[] {
    return [{ value: '', label: labels.orgRules }, ...this.phoneSystems.map(({ id, name }) => ({ value: id, label: name }))];
  }

  get extensionText(): string {
    const { extension } = this.answer ?? {};
    return extension === undefined ? labels.nobodyRings : fill(labels.rings, extension);
  }

  get sourceText(): string {
    if (!this.answer) return '';
    const { source, stale, tookMs } = this.answer;
    const from = { index: labels.fromDirectory, live: labels.fromOrg, fallback: labels.fromFallback }[source];
    return fill(stale && source !== 'fallback' ? labels.sourceStale : labels.sourceTook, from, Math.max(1, Math.round(tookMs)));
  }

  get variables(): { name: string; value: string; valueKey: string }[] {
    return Object.entries(this.answer?.variables ?? {}).map(([name, value]) => ({ name, value, valueKey: `${name} value` }));
  }

  handlePart(event: CustomEvent<{ value: string }>): void {
    const { part = '' } = (event.currentTarget as HTMLElement).dataset;
    this.asked = { ...this.asked, [part]: event.detail.value };
  }

  async handleTry(): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      this.answer = await tryLookup<Answer>(this.asked);
    } catch (error) {
      Object.assign(this, { error, answer: undefined });
    }
    this.busy = false;
  }
}
