import { LightningElement } from 'lwc';

export default class BadHidden extends LightningElement {}
