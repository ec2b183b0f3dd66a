import account from '@salesforce/label/c.Msg_Setup_Account';
import actions from '@salesforce/label/c.Msg_Setup_Actions';
import addAccount from '@salesforce/label/c.Msg_Setup_Add_Account';
import carrierAccounts from '@salesforce/label/c.Msg_Setup_Carrier_Accounts';
import edit from '@salesforce/label/c.Msg_Setup_Edit';
import editOf from '@salesforce/label/c.Msg_Setup_Edit_Of';
import noAccount from '@salesforce/label/c.Msg_Setup_No_Account';
import noAccountText from '@salesforce/label/c.Msg_Setup_No_Account_Text';
import pace from '@salesforce/label/c.Msg_Setup_Pace';
import paceSmpp from '@salesforce/label/c.Msg_Setup_Pace_Smpp';
import remove from '@salesforce/label/c.Msg_Setup_Remove';
import removeOf from '@salesforce/label/c.Msg_Setup_Remove_Of';
import since from '@salesforce/label/c.Msg_Setup_Since';
import state from '@salesforce/label/c.Msg_Setup_State';
import statusUrl from '@salesforce/label/c.Msg_Setup_Status_Url';
import test from '@salesforce/label/c.Msg_Setup_Test';
import testOf from '@salesforce/label/c.Msg_Setup_Test_Of';
import webhookUrl from '@salesforce/label/c.Msg_Setup_Webhook_Url';

export const labels = {
  account,
  actions,
  addAccount,
  carrierAccounts,
  edit,
  editOf,
  noAccount,
  noAccountText,
  pace,
  paceSmpp,
  remove,
  removeOf,
  since,
  state,
  statusUrl,
  test,
  testOf,
  webhookUrl,
};
