import account from '@salesforce/label/c.Acd_Account';
import addFilter from '@salesforce/label/c.Acd_Add_Filter';
import condition from '@salesforce/label/c.Acd_Condition';
import contact from '@salesforce/label/c.Acd_Contact';
import field from '@salesforce/label/c.Acd_Field';
import fieldHelp from '@salesforce/label/c.Acd_Field_Help';
import filters from '@salesforce/label/c.Acd_Filters';
import isEmptyValue from '@salesforce/label/c.Acd_Is_Empty_Value';
import isEqual from '@salesforce/label/c.Acd_Is_Equal';
import isFilled from '@salesforce/label/c.Acd_Is_Filled';
import isNotEqual from '@salesforce/label/c.Acd_Is_Not_Equal';
import lead from '@salesforce/label/c.Acd_Lead';
import noFilter from '@salesforce/label/c.Acd_No_Filter';
import object from '@salesforce/label/c.Acd_Object';
import removeFilter from '@salesforce/label/c.Acd_Remove_Filter';
import value from '@salesforce/label/c.Acd_Value';

export const labels = {
  account,
  addFilter,
  condition,
  contact,
  field,
  fieldHelp,
  filters,
  isEmptyValue,
  isEqual,
  isFilled,
  isNotEqual,
  lead,
  noFilter,
  object,
  removeFilter,
  value,
};
