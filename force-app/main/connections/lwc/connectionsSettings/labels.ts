import add from '@salesforce/label/c.Conn_Add';
import addAddress from '@salesforce/label/c.Conn_Add_Address';
import addressAdded from '@salesforce/label/c.Conn_Address_Added';
import addressRemoved from '@salesforce/label/c.Conn_Address_Removed';
import confirmOff from '@salesforce/label/c.Conn_Confirm_Off';
import confirmOffTitle from '@salesforce/label/c.Conn_Confirm_Off_Title';
import mode from '@salesforce/label/c.Conn_Mode';
import modeOff from '@salesforce/label/c.Conn_Mode_Off';
import modeOn from '@salesforce/label/c.Conn_Mode_On';
import noAddress from '@salesforce/label/c.Conn_No_Address';
import notify from '@salesforce/label/c.Conn_Notify';
import notifyText from '@salesforce/label/c.Conn_Notify_Text';
import off from '@salesforce/label/c.Conn_Off';
import on from '@salesforce/label/c.Conn_On';
import removeAddress from '@salesforce/label/c.Conn_Remove_Address';
import saveFailed from '@salesforce/label/c.Conn_Save_Failed';
import settings from '@salesforce/label/c.Conn_Settings';
import switchedOff from '@salesforce/label/c.Conn_Switched_Off';
import switchedOn from '@salesforce/label/c.Conn_Switched_On';

export const labels = {
  add,
  addAddress,
  addressAdded,
  addressRemoved,
  confirmOff,
  confirmOffTitle,
  mode,
  modeOff,
  modeOn,
  noAddress,
  notify,
  notifyText,
  off,
  on,
  removeAddress,
  saveFailed,
  settings,
  switchedOff,
  switchedOn,
};
