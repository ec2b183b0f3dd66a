import addVariable from '@salesforce/label/c.Acd_Add_Variable';
import field from '@salesforce/label/c.Acd_Field';
import fieldHelp from '@salesforce/label/c.Acd_Field_Help';
import mostVariables from '@salesforce/label/c.Acd_Most_Variables';
import name from '@salesforce/label/c.Acd_Variable_Name';
import nameHelp from '@salesforce/label/c.Acd_Variable_Name_Help';
import noVariable from '@salesforce/label/c.Acd_No_Variable';
import removeVariable from '@salesforce/label/c.Acd_Remove_Variable';
import variables from '@salesforce/label/c.Acd_Variables';

export const labels = {
  addVariable,
  field,
  fieldHelp,
  mostVariables,
  name,
  nameHelp,
  noVariable,
  removeVariable,
  variables,
};
