import { LightningElement } from 'lwc';
import missingMethod from '@salesforce/apex/BadRules.missing';
import missingLabel from '@salesforce/label/c.Bad_Missing';
import missingField from '@salesforce/schema/Bad__c.Missing__c';
import missingRight from '@salesforce/customPermission/Missing';
import { getRecordd } from 'lightning/uiRecordApi';
import lightningNothing from 'lightning/nothing';
import { nothing } from 'c/badMeta';
import childNothing from 'c/badNothing';
import './missingFile';
import { gone } from './missingFile';
import other from 'left-pad';

export default class BadImports extends LightningElement {
  all = [missingMethod, missingLabel, missingField, missingRight, getRecordd, lightningNothing, nothing, childNothing, gone, other];
}
