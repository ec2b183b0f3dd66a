import { LightningElement } from 'lwc';
import { context } from 'shell/context';

/** What a sandbox has and Salesforce has not: the way to the other end of every message. */
export default class SandboxBar extends LightningElement {
  links = context().links;
}
