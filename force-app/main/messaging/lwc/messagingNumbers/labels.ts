import account from '@salesforce/label/c.Msg_Setup_Account';
import accountFirst from '@salesforce/label/c.Msg_Setup_Account_First';
import actions from '@salesforce/label/c.Msg_Setup_Actions';
import addNumber from '@salesforce/label/c.Msg_Setup_Add_Number';
import country from '@salesforce/label/c.Msg_Setup_Country';
import defaultBadge from '@salesforce/label/c.Msg_Setup_Default_Badge';
import edit from '@salesforce/label/c.Msg_Setup_Edit';
import editOf from '@salesforce/label/c.Msg_Setup_Edit_Of';
import everyone from '@salesforce/label/c.Msg_Setup_Everyone';
import makeDefault from '@salesforce/label/c.Msg_Setup_Make_Default';
import makeDefaultOf from '@salesforce/label/c.Msg_Setup_Make_Default_Of';
import noNumber from '@salesforce/label/c.Msg_Setup_No_Number';
import noNumberText from '@salesforce/label/c.Msg_Setup_No_Number_Text';
import number from '@salesforce/label/c.Msg_Setup_Number';
import numbers from '@salesforce/label/c.Msg_Setup_Numbers';
import oneUser from '@salesforce/label/c.Msg_Setup_One_User';
import remove from '@salesforce/label/c.Msg_Setup_Remove';
import removeOf from '@salesforce/label/c.Msg_Setup_Remove_Of';
import someUsers from '@salesforce/label/c.Msg_Setup_Some_Users';
import users from '@salesforce/label/c.Msg_Setup_Users';

export const labels = {
  account,
  accountFirst,
  actions,
  addNumber,
  country,
  defaultBadge,
  edit,
  editOf,
  everyone,
  makeDefault,
  makeDefaultOf,
  noNumber,
  noNumberText,
  number,
  numbers,
  oneUser,
  remove,
  removeOf,
  someUsers,
  users,
};
