import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { LONGEST_TEXT } from 'c/messagingData';
import { countSegments } from 'c/messagingSegments';
import { labels } from './labels';

/** What one segment of a long text holds in the SMS alphabet; said when a text cannot use it. */
const GSM_PER_SEGMENT = { alone: 160, joined: 153 };

/** Tells while a text is written what it costs: length, segments and, in plain words, why it needs the larger alphabet. */
export default class MessagingCounter extends LightningElement {
  @api text = '';

  labels = labels;

  get summary(): string {
    if (this.text === '') return fill(labels.empty, LONGEST_TEXT);
    const { segments, remaining } = countSegments(this.text);
    return segments === 1 ? fill(labels.one, this.text.length, remaining) : fill(labels.many, this.text.length, segments, remaining);
  }

  get alphabet(): string {
    return this.text === '' ? '' : fill(labels.alphabet, countSegments(this.text).encoding);
  }

  /** Names the first character that forces UCS-2, so that the writer can leave it out. */
  get explanation(): string {
    const { encoding, perSegment, segments } = countSegments(this.text);
    if (this.text === '' || encoding !== 'UCS-2') return '';
    const culprit = Array.from(this.text).find((character) => countSegments(character).encoding === 'UCS-2') ?? '';
    return fill(labels.unicode, culprit, perSegment, segments > 1 ? GSM_PER_SEGMENT.joined : GSM_PER_SEGMENT.alone);
  }

  get tooLong(): string {
    const over = this.text.length - LONGEST_TEXT;
    return over > 0 ? fill(labels.tooLong, over, LONGEST_TEXT) : '';
  }
}
