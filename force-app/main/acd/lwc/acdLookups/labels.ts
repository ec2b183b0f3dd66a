import actions from '@salesforce/label/c.Acd_Actions';
import addLookup from '@salesforce/label/c.Acd_Add_Lookup';
import builtInText from '@salesforce/label/c.Acd_Built_In_Text';
import defaultBadge from '@salesforce/label/c.Acd_Default_Badge';
import defaultRoute from '@salesforce/label/c.Acd_Default_Route';
import edit from '@salesforce/label/c.Acd_Edit';
import editOf from '@salesforce/label/c.Acd_Edit_Of';
import lookups from '@salesforce/label/c.Acd_Lookups';
import name from '@salesforce/label/c.Acd_Name';
import noRoute from '@salesforce/label/c.Acd_No_Route';
import objects from '@salesforce/label/c.Acd_Objects';
import remove from '@salesforce/label/c.Acd_Remove';
import removeOf from '@salesforce/label/c.Acd_Remove_Of';

export const labels = {
  actions,
  addLookup,
  builtInText,
  defaultBadge,
  defaultRoute,
  edit,
  editOf,
  lookups,
  name,
  noRoute,
  objects,
  remove,
  removeOf,
};
