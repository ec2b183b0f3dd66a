import announce from '@salesforce/label/c.Msg_Thread_Announce';
import announcePicture from '@salesforce/label/c.Msg_Thread_Announce_Picture';
import earlier from '@salesforce/label/c.Msg_Thread_Earlier';
import empty from '@salesforce/label/c.Msg_Thread_Empty';
import emptyText from '@salesforce/label/c.Msg_Thread_Empty_Text';
import loadingEarlier from '@salesforce/label/c.Msg_Thread_Loading_Earlier';
import newMany from '@salesforce/label/c.Msg_Thread_New_Many';
import newOne from '@salesforce/label/c.Msg_Thread_New_One';
import region from '@salesforce/label/c.Msg_Thread_Region';
import unwritten from '@salesforce/label/c.Msg_Thread_Unwritten';
import unwrittenText from '@salesforce/label/c.Msg_Thread_Unwritten_Text';

export const labels = {
  announce,
  announcePicture,
  earlier,
  empty,
  emptyText,
  loadingEarlier,
  newMany,
  newOne,
  region,
  unwritten,
  unwrittenText,
};
