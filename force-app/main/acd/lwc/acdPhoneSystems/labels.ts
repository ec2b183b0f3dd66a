import actions from '@salesforce/label/c.Acd_Actions';
import addPhoneSystem from '@salesforce/label/c.Acd_Add_Phone_System';
import country from '@salesforce/label/c.Acd_Country';
import edit from '@salesforce/label/c.Acd_Edit';
import editOf from '@salesforce/label/c.Acd_Edit_Of';
import name from '@salesforce/label/c.Acd_Name';
import newKey from '@salesforce/label/c.Acd_New_Key';
import newKeyOf from '@salesforce/label/c.Acd_New_Key_Of';
import noPhoneSystem from '@salesforce/label/c.Acd_No_Phone_System';
import noPhoneSystemText from '@salesforce/label/c.Acd_No_Phone_System_Text';
import pbxId from '@salesforce/label/c.Acd_Pbx_Id';
import phoneSystems from '@salesforce/label/c.Acd_Phone_Systems';
import remove from '@salesforce/label/c.Acd_Remove';
import removeOf from '@salesforce/label/c.Acd_Remove_Of';
import token from '@salesforce/label/c.Acd_Token';
import tokenOf from '@salesforce/label/c.Acd_Token_Of';

export const labels = {
  actions,
  addPhoneSystem,
  country,
  edit,
  editOf,
  name,
  newKey,
  newKeyOf,
  noPhoneSystem,
  noPhoneSystemText,
  pbxId,
  phoneSystems,
  remove,
  removeOf,
  token,
  tokenOf,
};
