import actionFailed from '@salesforce/label/c.Conn_Action_Failed';
import confirmRemove from '@salesforce/label/c.Conn_Confirm_Remove';
import confirmRemoveLast from '@salesforce/label/c.Conn_Confirm_Remove_Last';
import confirmRemoveLost from '@salesforce/label/c.Conn_Confirm_Remove_Lost';
import confirmTitle from '@salesforce/label/c.Conn_Confirm_Title';
import confirmWithdraw from '@salesforce/label/c.Conn_Confirm_Withdraw';
import emptyHeading from '@salesforce/label/c.Conn_Empty_Heading';
import emptyText from '@salesforce/label/c.Conn_Empty_Text';
import explain from '@salesforce/label/c.Conn_Explain';
import invite from '@salesforce/label/c.Conn_Invite';
import inviteTitle from '@salesforce/label/c.Conn_Invite_Title';
import invited from '@salesforce/label/c.Conn_Invited';
import invitedText from '@salesforce/label/c.Conn_Invited_Text';
import linkSent from '@salesforce/label/c.Conn_Link_Sent';
import madeMain from '@salesforce/label/c.Conn_Made_Main';
import moved from '@salesforce/label/c.Conn_Moved';
import placesUsed from '@salesforce/label/c.Conn_Places_Used';
import removed from '@salesforce/label/c.Conn_Removed';
import summaryDown from '@salesforce/label/c.Conn_Summary_Down';
import summaryLostSpare from '@salesforce/label/c.Conn_Summary_Lost_Spare';
import summaryNoSpare from '@salesforce/label/c.Conn_Summary_No_Spare';
import summaryOneSpare from '@salesforce/label/c.Conn_Summary_One_Spare';
import summarySpares from '@salesforce/label/c.Conn_Summary_Spares';
import testFailed from '@salesforce/label/c.Conn_Test_Failed';
import testOk from '@salesforce/label/c.Conn_Test_Ok';
import users from '@salesforce/label/c.Conn_Users';

export const labels = {
  actionFailed,
  confirmRemove,
  confirmRemoveLast,
  confirmRemoveLost,
  confirmTitle,
  confirmWithdraw,
  emptyHeading,
  emptyText,
  explain,
  invite,
  inviteTitle,
  invited,
  invitedText,
  linkSent,
  madeMain,
  moved,
  placesUsed,
  removed,
  summaryDown,
  summaryLostSpare,
  summaryNoSpare,
  summaryOneSpare,
  summarySpares,
  testFailed,
  testOk,
  users,
};
