import { LightningElement, api } from 'lwc';

/** A quiet page part for "nothing here": icon, heading, one sentence, and a default slot for the action that changes it. */
export default class CoreEmptyState extends LightningElement {
  @api heading = '';
  @api message = '';
  /** SLDS icon such as `utility:chat`; decorative. */
  @api iconName = '';
}
