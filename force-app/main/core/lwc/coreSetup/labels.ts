import allDownText from '@salesforce/label/c.Setup_All_Down_Text';
import allDownTitle from '@salesforce/label/c.Setup_All_Down_Title';
import check from '@salesforce/label/c.Setup_Check';
import health from '@salesforce/label/c.Setup_Health';
import heldRetry from '@salesforce/label/c.Setup_Held_Retry';
import heldSince from '@salesforce/label/c.Setup_Held_Since';
import heldTitle from '@salesforce/label/c.Setup_Held_Title';
import lastSpareText from '@salesforce/label/c.Setup_Last_Spare_Text';
import lastSpareTitle from '@salesforce/label/c.Setup_Last_Spare_Title';
import loadFailed from '@salesforce/label/c.Setup_Load_Failed';
import loading from '@salesforce/label/c.Setup_Loading';
import mismatchText from '@salesforce/label/c.Setup_Mismatch_Text';
import mismatchTitle from '@salesforce/label/c.Setup_Mismatch_Title';
import modeOffText from '@salesforce/label/c.Setup_Mode_Off_Text';
import modeOffTitle from '@salesforce/label/c.Setup_Mode_Off_Title';
import navigation from '@salesforce/label/c.Setup_Navigation';
import numbers from '@salesforce/label/c.Setup_Numbers';
import openHealth from '@salesforce/label/c.Setup_Open_Health';
import openUsers from '@salesforce/label/c.Setup_Open_Users';
import orgLine from '@salesforce/label/c.Setup_Org_Line';
import phone from '@salesforce/label/c.Setup_Phone';
import register from '@salesforce/label/c.Setup_Register';
import registerAgain from '@salesforce/label/c.Setup_Register_Again';
import registerFirst from '@salesforce/label/c.Setup_Register_First';
import registerFirstText from '@salesforce/label/c.Setup_Register_First_Text';
import staleText from '@salesforce/label/c.Setup_Stale_Text';
import staleTitle from '@salesforce/label/c.Setup_Stale_Title';
import start from '@salesforce/label/c.Setup_Start';
import title from '@salesforce/label/c.Setup_Title';
import unregisteredText from '@salesforce/label/c.Setup_Unregistered_Text';
import unregisteredTitle from '@salesforce/label/c.Setup_Unregistered_Title';
import users from '@salesforce/label/c.Setup_Users';

export const labels = {
  allDownText,
  allDownTitle,
  check,
  health,
  heldRetry,
  heldSince,
  heldTitle,
  lastSpareText,
  lastSpareTitle,
  loadFailed,
  loading,
  mismatchText,
  mismatchTitle,
  modeOffText,
  modeOffTitle,
  navigation,
  numbers,
  openHealth,
  openUsers,
  orgLine,
  phone,
  register,
  registerAgain,
  registerFirst,
  registerFirstText,
  staleText,
  staleTitle,
  start,
  title,
  unregisteredText,
  unregisteredTitle,
  users,
};
