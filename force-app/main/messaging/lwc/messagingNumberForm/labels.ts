import accessChosen from '@salesforce/label/c.Msg_Setup_Access_Chosen';
import accessEveryone from '@salesforce/label/c.Msg_Setup_Access_Everyone';
import account from '@salesforce/label/c.Msg_Setup_Account';
import addNumber from '@salesforce/label/c.Msg_Setup_Add_Number';
import cancel from '@salesforce/label/c.Msg_Setup_Cancel';
import country from '@salesforce/label/c.Msg_Setup_Country';
import countryHelp from '@salesforce/label/c.Msg_Setup_Country_Help';
import editNumberOf from '@salesforce/label/c.Msg_Setup_Edit_Number_Of';
import findUser from '@salesforce/label/c.Msg_Setup_Find_User';
import isDefault from '@salesforce/label/c.Msg_Setup_Is_Default';
import nobodyChosen from '@salesforce/label/c.Msg_Setup_Nobody_Chosen';
import number from '@salesforce/label/c.Msg_Setup_Number';
import numberKind from '@salesforce/label/c.Msg_Setup_Number_Kind';
import numberName from '@salesforce/label/c.Msg_Setup_Number_Name';
import numberNameHelp from '@salesforce/label/c.Msg_Setup_Number_Name_Help';
import numberNotSaved from '@salesforce/label/c.Msg_Setup_Number_Not_Saved';
import phoneHelp from '@salesforce/label/c.Msg_Setup_Phone_Help';
import save from '@salesforce/label/c.Msg_Setup_Save';
import senderNameHelp from '@salesforce/label/c.Msg_Setup_Sender_Name_Help';
import shortCodeHelp from '@salesforce/label/c.Msg_Setup_Short_Code_Help';
import users from '@salesforce/label/c.Msg_Setup_Users';

export const labels = {
  accessChosen,
  accessEveryone,
  account,
  addNumber,
  cancel,
  country,
  countryHelp,
  editNumberOf,
  findUser,
  isDefault,
  nobodyChosen,
  number,
  numberKind,
  numberName,
  numberNameHelp,
  numberNotSaved,
  phoneHelp,
  save,
  senderNameHelp,
  shortCodeHelp,
  users,
};
