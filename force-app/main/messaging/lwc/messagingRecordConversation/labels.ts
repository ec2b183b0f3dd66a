import choose from '@salesforce/label/c.Msg_Record_Choose';
import empty from '@salesforce/label/c.Msg_Record_Empty';
import emptyText from '@salesforce/label/c.Msg_Record_Empty_Text';
import failed from '@salesforce/label/c.Msg_Record_Failed';
import loading from '@salesforce/label/c.Msg_Conversation_Loading';
import newMessage from '@salesforce/label/c.Msg_Inbox_New';
import startTitle from '@salesforce/label/c.Msg_Start_Title';
import title from '@salesforce/label/c.Msg_Record_Title';

export const labels = { choose, empty, emptyText, failed, loading, newMessage, startTitle, title };
