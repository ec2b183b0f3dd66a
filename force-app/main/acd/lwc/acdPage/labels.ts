import addLookup from '@salesforce/label/c.Acd_Add_Lookup';
import addPhoneSystem from '@salesforce/label/c.Acd_Add_Phone_System';
import connectFailed from '@salesforce/label/c.Acd_Connect_Failed';
import disconnectFailed from '@salesforce/label/c.Acd_Disconnect_Failed';
import disconnectText from '@salesforce/label/c.Acd_Disconnect_Text';
import disconnectTitle from '@salesforce/label/c.Acd_Disconnect_Title';
import editOf from '@salesforce/label/c.Acd_Edit_Of';
import keyOf from '@salesforce/label/c.Acd_Key_Of';
import loadFailed from '@salesforce/label/c.Acd_Load_Failed';
import loading from '@salesforce/label/c.Acd_Loading';
import popUpBlocked from '@salesforce/label/c.Acd_Pop_Up_Blocked';
import refreshFailed from '@salesforce/label/c.Acd_Refresh_Failed';
import removeFailed from '@salesforce/label/c.Acd_Remove_Failed';
import removeLookupText from '@salesforce/label/c.Acd_Remove_Lookup_Text';
import removePhoneSystemText from '@salesforce/label/c.Acd_Remove_Phone_System_Text';
import removeTitle from '@salesforce/label/c.Acd_Remove_Title';
import removed from '@salesforce/label/c.Acd_Removed';
import rollFailed from '@salesforce/label/c.Acd_Roll_Failed';
import rollText from '@salesforce/label/c.Acd_Roll_Text';
import rollTitle from '@salesforce/label/c.Acd_Roll_Title';
import saved from '@salesforce/label/c.Acd_Saved';
import tokenOf from '@salesforce/label/c.Acd_Token_Of';

export const labels = {
  addLookup,
  addPhoneSystem,
  connectFailed,
  disconnectFailed,
  disconnectText,
  disconnectTitle,
  editOf,
  keyOf,
  loadFailed,
  loading,
  popUpBlocked,
  refreshFailed,
  removeFailed,
  removeLookupText,
  removePhoneSystemText,
  removeTitle,
  removed,
  rollFailed,
  rollText,
  rollTitle,
  saved,
  tokenOf,
};
