import actionFailed from '@salesforce/label/c.Msg_Setup_Action_Failed';
import actions from '@salesforce/label/c.Msg_Setup_Actions';
import attempts from '@salesforce/label/c.Msg_Setup_Attempts';
import confirmDiscard from '@salesforce/label/c.Msg_Setup_Confirm_Discard';
import confirmDiscardTitle from '@salesforce/label/c.Msg_Setup_Confirm_Discard_Title';
import discard from '@salesforce/label/c.Msg_Setup_Discard';
import discardOf from '@salesforce/label/c.Msg_Setup_Discard_Of';
import discarded from '@salesforce/label/c.Msg_Setup_Discarded';
import kindConversation from '@salesforce/label/c.Msg_Setup_Kind_Conversation';
import kindMessage from '@salesforce/label/c.Msg_Setup_Kind_Message';
import kindOptOut from '@salesforce/label/c.Msg_Setup_Kind_Opt_Out';
import kindOutbox from '@salesforce/label/c.Msg_Setup_Kind_Outbox';
import loadMore from '@salesforce/label/c.Msg_Setup_Load_More';
import nextStep from '@salesforce/label/c.Msg_Setup_Next_Step';
import nothingParked from '@salesforce/label/c.Msg_Setup_Nothing_Parked';
import nothingParkedText from '@salesforce/label/c.Msg_Setup_Nothing_Parked_Text';
import parkedFailed from '@salesforce/label/c.Msg_Setup_Parked_Failed';
import parkedText from '@salesforce/label/c.Msg_Setup_Parked_Text';
import parkedTitle from '@salesforce/label/c.Msg_Setup_Parked_Title';
import reason from '@salesforce/label/c.Msg_Setup_Reason';
import retried from '@salesforce/label/c.Msg_Setup_Retried';
import retriedAll from '@salesforce/label/c.Msg_Setup_Retried_All';
import retry from '@salesforce/label/c.Msg_Setup_Retry';
import retryAll from '@salesforce/label/c.Msg_Setup_Retry_All';
import retryOf from '@salesforce/label/c.Msg_Setup_Retry_Of';
import what from '@salesforce/label/c.Msg_Setup_What';

export const labels = {
  actionFailed,
  actions,
  attempts,
  confirmDiscard,
  confirmDiscardTitle,
  discard,
  discardOf,
  discarded,
  kindConversation,
  kindMessage,
  kindOptOut,
  kindOutbox,
  loadMore,
  nextStep,
  nothingParked,
  nothingParkedText,
  parkedFailed,
  parkedText,
  parkedTitle,
  reason,
  retried,
  retriedAll,
  retry,
  retryAll,
  retryOf,
  what,
};
