import access from '@salesforce/label/c.Conn_Access';
import connected from '@salesforce/label/c.Conn_Connected';
import disconnected from '@salesforce/label/c.Conn_Disconnected';
import disconnectedSince from '@salesforce/label/c.Conn_Disconnected_Since';
import inviteByMail from '@salesforce/label/c.Conn_Invite_By_Mail';
import inviteExpired from '@salesforce/label/c.Conn_Invite_Expired';
import inviteValid from '@salesforce/label/c.Conn_Invite_Valid';
import invitedAt from '@salesforce/label/c.Conn_Invited_At';
import lastError from '@salesforce/label/c.Conn_Last_Error';
import lastOk from '@salesforce/label/c.Conn_Last_Ok';
import lastOkNever from '@salesforce/label/c.Conn_Last_Ok_Never';
import main from '@salesforce/label/c.Conn_Main';
import mainSince from '@salesforce/label/c.Conn_Main_Since';
import makeMain from '@salesforce/label/c.Conn_Make_Main';
import makeMainOf from '@salesforce/label/c.Conn_Make_Main_Of';
import missing from '@salesforce/label/c.Conn_Missing';
import moveDown from '@salesforce/label/c.Conn_Move_Down';
import moveUp from '@salesforce/label/c.Conn_Move_Up';
import nextStep from '@salesforce/label/c.Conn_Next_Step';
import permissionSet from '@salesforce/label/c.Conn_Permission_Set';
import reconnect from '@salesforce/label/c.Conn_Reconnect';
import reconnectOf from '@salesforce/label/c.Conn_Reconnect_Of';
import remove from '@salesforce/label/c.Conn_Remove';
import removeOf from '@salesforce/label/c.Conn_Remove_Of';
import requested from '@salesforce/label/c.Conn_Requested';
import resend from '@salesforce/label/c.Conn_Resend';
import resendOf from '@salesforce/label/c.Conn_Resend_Of';
import standby from '@salesforce/label/c.Conn_Standby';
import standbySince from '@salesforce/label/c.Conn_Standby_Since';
import test from '@salesforce/label/c.Conn_Test';
import testOf from '@salesforce/label/c.Conn_Test_Of';

export const labels = {
  access,
  connected,
  disconnected,
  disconnectedSince,
  inviteByMail,
  inviteExpired,
  inviteValid,
  invitedAt,
  lastError,
  lastOk,
  lastOkNever,
  main,
  mainSince,
  makeMain,
  makeMainOf,
  missing,
  moveDown,
  moveUp,
  nextStep,
  permissionSet,
  reconnect,
  reconnectOf,
  remove,
  removeOf,
  requested,
  resend,
  resendOf,
  standby,
  standbySince,
  test,
  testOf,
};
