import { LightningElement, api } from 'lwc';

/** A component that extends it renders as any other; `open` is a spy that a test gives its answer. */
export default class LightningModal extends LightningElement {
  static open = jest.fn().mockResolvedValue(undefined);
  @api label;
  @api size;
  @api disableClose;
  close = jest.fn((result) => this.dispatchEvent(new CustomEvent('modalclose', { detail: result })));
}
