import count from '@salesforce/label/c.Msg_Utility_Count';
import empty from '@salesforce/label/c.Msg_Utility_Empty';
import emptyText from '@salesforce/label/c.Msg_Utility_Empty_Text';
import failed from '@salesforce/label/c.Msg_Utility_Failed';
import loading from '@salesforce/label/c.Msg_Inbox_Loading';
import open from '@salesforce/label/c.Msg_Utility_Open';
import title from '@salesforce/label/c.Msg_Utility_Title';
import unreadMany from '@salesforce/label/c.Msg_Utility_Unread_Many';
import unreadNone from '@salesforce/label/c.Msg_Utility_Unread_None';
import unreadOne from '@salesforce/label/c.Msg_Utility_Unread_One';

export const labels = { count, empty, emptyText, failed, loading, open, title, unreadMany, unreadNone, unreadOne };
