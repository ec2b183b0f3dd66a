import automatic from '@salesforce/label/c.Msg_Bubble_Automatic';
import discard from '@salesforce/label/c.Msg_Bubble_Discard';
import failedNoReason from '@salesforce/label/c.Msg_Bubble_Failed_No_Reason';
import fromColleague from '@salesforce/label/c.Msg_Bubble_From_Colleague';
import fromCustomer from '@salesforce/label/c.Msg_Bubble_From_Customer';
import fromYou from '@salesforce/label/c.Msg_Bubble_From_You';
import retry from '@salesforce/label/c.Msg_Bubble_Retry';
import segments from '@salesforce/label/c.Msg_Bubble_Segments';
import settle from '@salesforce/label/c.Msg_Bubble_Settle';
import writeAgain from '@salesforce/label/c.Msg_Bubble_Write_Again';
import delivered from '@salesforce/label/c.Msg_Delivery_Delivered';
import deliveryFailed from '@salesforce/label/c.Msg_Delivery_Failed';
import deliveryPending from '@salesforce/label/c.Msg_Delivery_Pending';
import undelivered from '@salesforce/label/c.Msg_Delivery_Undelivered';
import nextCarrier from '@salesforce/label/c.Msg_Next_Carrier';
import nextLater from '@salesforce/label/c.Msg_Next_Later';
import nextNotConfirmed from '@salesforce/label/c.Msg_Next_Not_Confirmed';
import nextNotSent from '@salesforce/label/c.Msg_Next_Not_Sent';
import nextOptedOut from '@salesforce/label/c.Msg_Next_Opted_Out';
import nextUnknown from '@salesforce/label/c.Msg_Next_Unknown';
import nextUnknownAdmin from '@salesforce/label/c.Msg_Next_Unknown_Admin';
import failed from '@salesforce/label/c.Msg_Sent_Failed';
import notConfirmed from '@salesforce/label/c.Msg_Sent_NotConfirmed';
import notSent from '@salesforce/label/c.Msg_Sent_NotSent';
import posting from '@salesforce/label/c.Msg_Sent_Posting';
import queued from '@salesforce/label/c.Msg_Sent_Queued';
import received from '@salesforce/label/c.Msg_Sent_Received';
import sending from '@salesforce/label/c.Msg_Sent_Sending';
import sent from '@salesforce/label/c.Msg_Sent_Sent';
import unknown from '@salesforce/label/c.Msg_Sent_Unknown';

export const labels = {
  automatic,
  discard,
  failedNoReason,
  fromColleague,
  fromCustomer,
  fromYou,
  retry,
  segments,
  settle,
  writeAgain,
  delivered,
  deliveryFailed,
  deliveryPending,
  undelivered,
  nextCarrier,
  nextLater,
  nextNotConfirmed,
  nextNotSent,
  nextOptedOut,
  nextUnknown,
  nextUnknownAdmin,
  failed,
  notConfirmed,
  notSent,
  posting,
  queued,
  received,
  sending,
  sent,
  unknown,
};
