import { LightningElement, api } from 'lwc';

export default class BadOrphan extends LightningElement {
  @api isOn = true;
}
