import { LightningElement, api } from 'lwc';
import { labels } from './labels';

const WIDTHS = ['100%', '82%', '64%', '91%', '73%'];

/** Grey lines in the place of data that is on its way; says "Loading" once to a screen reader. */
export default class CoreStencil extends LightningElement {
  /** How many rows to hint at. */
  @api rows = 3;
  /** Read out while loading. */
  @api label = labels.loading;
  /** Adds a round figure before each row, as in a list of people. */
  @api withFigure = false;

  get lines(): { key: number; style: string }[] {
    const count = Math.max(1, Math.min(20, Number(this.rows) || 1));
    return Array.from({ length: count }, (_, key) => ({ key, style: `width: ${WIDTHS[key % WIDTHS.length]}` }));
  }
}
