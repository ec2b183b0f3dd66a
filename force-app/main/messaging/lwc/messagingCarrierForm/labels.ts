import accountName from '@salesforce/label/c.Msg_Setup_Account_Name';
import accountNameHelp from '@salesforce/label/c.Msg_Setup_Account_Name_Help';
import accountSid from '@salesforce/label/c.Msg_Setup_Account_Sid';
import authToken from '@salesforce/label/c.Msg_Setup_Auth_Token';
import baseUrl from '@salesforce/label/c.Msg_Setup_Base_Url';
import baseUrlHelp from '@salesforce/label/c.Msg_Setup_Base_Url_Help';
import cancel from '@salesforce/label/c.Msg_Setup_Cancel';
import done from '@salesforce/label/c.Msg_Setup_Done';
import editAccountOf from '@salesforce/label/c.Msg_Setup_Edit_Account_Of';
import host from '@salesforce/label/c.Msg_Setup_Host';
import kind from '@salesforce/label/c.Msg_Setup_Kind';
import newAccount from '@salesforce/label/c.Msg_Setup_New_Account';
import password from '@salesforce/label/c.Msg_Setup_Password';
import port from '@salesforce/label/c.Msg_Setup_Port';
import portInvalid from '@salesforce/label/c.Msg_Setup_Port_Invalid';
import rate from '@salesforce/label/c.Msg_Setup_Rate';
import rateHelp from '@salesforce/label/c.Msg_Setup_Rate_Help';
import rateInvalid from '@salesforce/label/c.Msg_Setup_Rate_Invalid';
import saveAndTest from '@salesforce/label/c.Msg_Setup_Save_And_Test';
import saveFailed from '@salesforce/label/c.Msg_Setup_Save_Failed';
import savingAndTesting from '@salesforce/label/c.Msg_Setup_Saving_And_Testing';
import stored from '@salesforce/label/c.Msg_Setup_Stored';
import systemId from '@salesforce/label/c.Msg_Setup_System_Id';
import systemType from '@salesforce/label/c.Msg_Setup_System_Type';
import systemTypeHelp from '@salesforce/label/c.Msg_Setup_System_Type_Help';
import testWorks from '@salesforce/label/c.Msg_Setup_Test_Works';
import tls from '@salesforce/label/c.Msg_Setup_Tls';
import windowHelp from '@salesforce/label/c.Msg_Setup_Window_Help';
import windowInvalid from '@salesforce/label/c.Msg_Setup_Window_Invalid';
import windowSize from '@salesforce/label/c.Msg_Setup_Window_Size';

export const labels = {
  accountName,
  accountNameHelp,
  accountSid,
  authToken,
  baseUrl,
  baseUrlHelp,
  cancel,
  done,
  editAccountOf,
  host,
  kind,
  newAccount,
  password,
  port,
  portInvalid,
  rate,
  rateHelp,
  rateInvalid,
  saveAndTest,
  saveFailed,
  savingAndTesting,
  stored,
  systemId,
  systemType,
  systemTypeHelp,
  testWorks,
  tls,
  windowHelp,
  windowInvalid,
  windowSize,
};
