import apiUsage from '@salesforce/label/c.Msg_Setup_Api_Usage';
import carriers from '@salesforce/label/c.Msg_Setup_Carriers';
import days from '@salesforce/label/c.Msg_Setup_Days';
import eventUsage from '@salesforce/label/c.Msg_Setup_Event_Usage';
import health from '@salesforce/label/c.Msg_Setup_Health';
import healthFailed from '@salesforce/label/c.Msg_Setup_Health_Failed';
import heldRetry from '@salesforce/label/c.Msg_Setup_Held_Retry';
import heldSince from '@salesforce/label/c.Msg_Setup_Held_Since';
import heldTitle from '@salesforce/label/c.Msg_Setup_Held_Title';
import hours from '@salesforce/label/c.Msg_Setup_Hours';
import limits from '@salesforce/label/c.Msg_Setup_Limits';
import mainUser from '@salesforce/label/c.Msg_Setup_Main_User';
import minutes from '@salesforce/label/c.Msg_Setup_Minutes';
import modeOff from '@salesforce/label/c.Msg_Setup_Mode_Off';
import noCarrier from '@salesforce/label/c.Msg_Setup_No_Carrier';
import noMainUser from '@salesforce/label/c.Msg_Setup_No_Main_User';
import nothingWaits from '@salesforce/label/c.Msg_Setup_Nothing_Waits';
import oldest from '@salesforce/label/c.Msg_Setup_Oldest';
import openNumbers from '@salesforce/label/c.Msg_Setup_Open_Numbers';
import openUsers from '@salesforce/label/c.Msg_Setup_Open_Users';
import parked from '@salesforce/label/c.Msg_Setup_Parked';
import parkedNone from '@salesforce/label/c.Msg_Setup_Parked_None';
import parkedNote from '@salesforce/label/c.Msg_Setup_Parked_Note';
import seconds from '@salesforce/label/c.Msg_Setup_Seconds';
import since from '@salesforce/label/c.Msg_Setup_Since';
import toCarrier from '@salesforce/label/c.Msg_Setup_To_Carrier';
import toOrg from '@salesforce/label/c.Msg_Setup_To_Org';
import unknown from '@salesforce/label/c.Msg_Setup_Unknown';
import unknownNone from '@salesforce/label/c.Msg_Setup_Unknown_None';
import unknownNote from '@salesforce/label/c.Msg_Setup_Unknown_Note';
import updateFailed from '@salesforce/label/c.Msg_Setup_Update_Failed';
import updated from '@salesforce/label/c.Msg_Setup_Updated';

export const labels = {
  apiUsage,
  carriers,
  days,
  eventUsage,
  health,
  healthFailed,
  heldRetry,
  heldSince,
  heldTitle,
  hours,
  limits,
  mainUser,
  minutes,
  modeOff,
  noCarrier,
  noMainUser,
  nothingWaits,
  oldest,
  openNumbers,
  openUsers,
  parked,
  parkedNone,
  parkedNote,
  seconds,
  since,
  toCarrier,
  toOrg,
  unknown,
  unknownNone,
  unknownNote,
  updateFailed,
  updated,
};
