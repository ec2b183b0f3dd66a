import { LightningElement } from 'lwc';

export default class BadMeta extends LightningElement {}
