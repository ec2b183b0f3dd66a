import actions from '@salesforce/label/c.Acd_Actions';
import at from '@salesforce/label/c.Acd_At';
import callbackOf from '@salesforce/label/c.Acd_Callback_Of';
import callOf from '@salesforce/label/c.Acd_Call_Of';
import discard from '@salesforce/label/c.Acd_Discard';
import discardOf from '@salesforce/label/c.Acd_Discard_Of';
import discardText from '@salesforce/label/c.Acd_Discard_Text';
import discardTitle from '@salesforce/label/c.Acd_Discard_Title';
import loadMore from '@salesforce/label/c.Acd_Load_More';
import noNumber from '@salesforce/label/c.Acd_No_Number';
import parked from '@salesforce/label/c.Acd_Parked';
import parkedFailed from '@salesforce/label/c.Acd_Parked_Failed';
import parkedNotDone from '@salesforce/label/c.Acd_Parked_Not_Done';
import tryAgain from '@salesforce/label/c.Acd_Try_Again';
import tryAgainOf from '@salesforce/label/c.Acd_Try_Again_Of';
import what from '@salesforce/label/c.Acd_What';
import why from '@salesforce/label/c.Acd_Why';

export const labels = {
  actions,
  at,
  callbackOf,
  callOf,
  discard,
  discardOf,
  discardText,
  discardTitle,
  loadMore,
  noNumber,
  parked,
  parkedFailed,
  parkedNotDone,
  tryAgain,
  tryAgainOf,
  what,
  why,
};
