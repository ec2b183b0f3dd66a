import add from '@salesforce/label/c.Msg_Setup_Add';
import addUser from '@salesforce/label/c.Msg_Setup_Add_User';
import noUserFound from '@salesforce/label/c.Msg_Setup_No_User_Found';
import removeUser from '@salesforce/label/c.Msg_Setup_Remove_User';
import userAdded from '@salesforce/label/c.Msg_Setup_User_Added';
import userById from '@salesforce/label/c.Msg_Setup_User_By_Id';
import userHint from '@salesforce/label/c.Msg_Setup_User_Hint';
import userRemoved from '@salesforce/label/c.Msg_Setup_User_Removed';
import userSearchFailed from '@salesforce/label/c.Msg_Setup_User_Search_Failed';

export const labels = {
  add,
  addUser,
  noUserFound,
  removeUser,
  userAdded,
  userById,
  userHint,
  userRemoved,
  userSearchFailed,
};
