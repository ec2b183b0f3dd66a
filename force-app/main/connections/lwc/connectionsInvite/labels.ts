import cancel from '@salesforce/label/c.Conn_Cancel';
import choose from '@salesforce/label/c.Conn_Choose';
import email from '@salesforce/label/c.Conn_Email';
import emailHelp from '@salesforce/label/c.Conn_Email_Help';
import found from '@salesforce/label/c.Conn_Found';
import inviteExplain from '@salesforce/label/c.Conn_Invite_Explain';
import inviteFailed from '@salesforce/label/c.Conn_Invite_Failed';
import inviteTitle from '@salesforce/label/c.Conn_Invite_Title';
import isAdmin from '@salesforce/label/c.Conn_Is_Admin';
import noUser from '@salesforce/label/c.Conn_No_User';
import notAdmin from '@salesforce/label/c.Conn_Not_Admin';
import search from '@salesforce/label/c.Conn_Search';
import searchFailed from '@salesforce/label/c.Conn_Search_Failed';
import searchHint from '@salesforce/label/c.Conn_Search_Hint';
import searchShort from '@salesforce/label/c.Conn_Search_Short';
import searching from '@salesforce/label/c.Conn_Searching';
import sendInvitation from '@salesforce/label/c.Conn_Send_Invitation';

export const labels = {
  cancel,
  choose,
  email,
  emailHelp,
  found,
  inviteExplain,
  inviteFailed,
  inviteTitle,
  isAdmin,
  noUser,
  notAdmin,
  search,
  searchFailed,
  searchHint,
  searchShort,
  searching,
  sendInvitation,
};
