import accountFails from '@salesforce/label/c.Msg_Setup_Account_Fails';
import accountUsed from '@salesforce/label/c.Msg_Setup_Account_Used';
import accountUsedText from '@salesforce/label/c.Msg_Setup_Account_Used_Text';
import accountWorks from '@salesforce/label/c.Msg_Setup_Account_Works';
import addAccount from '@salesforce/label/c.Msg_Setup_Add_Account';
import addNumber from '@salesforce/label/c.Msg_Setup_Add_Number';
import defaultFailed from '@salesforce/label/c.Msg_Setup_Default_Failed';
import editAccount from '@salesforce/label/c.Msg_Setup_Edit_Account';
import editNumber from '@salesforce/label/c.Msg_Setup_Edit_Number';
import loadFailed from '@salesforce/label/c.Msg_Setup_Load_Failed';
import removeAccountText from '@salesforce/label/c.Msg_Setup_Remove_Account_Text';
import removeAccountTitle from '@salesforce/label/c.Msg_Setup_Remove_Account_Title';
import removeFailed from '@salesforce/label/c.Msg_Setup_Remove_Failed';
import removeNumberText from '@salesforce/label/c.Msg_Setup_Remove_Number_Text';
import removeNumberTitle from '@salesforce/label/c.Msg_Setup_Remove_Number_Title';
import removed from '@salesforce/label/c.Msg_Setup_Removed';
import saved from '@salesforce/label/c.Msg_Setup_Saved';
import testFailed from '@salesforce/label/c.Msg_Setup_Test_Failed';

export const labels = {
  accountFails,
  accountUsed,
  accountUsedText,
  accountWorks,
  addAccount,
  addNumber,
  defaultFailed,
  editAccount,
  editNumber,
  loadFailed,
  removeAccountText,
  removeAccountTitle,
  removeFailed,
  removeNumberText,
  removeNumberTitle,
  removed,
  saved,
  testFailed,
};
