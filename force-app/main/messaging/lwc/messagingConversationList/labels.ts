import label from '@salesforce/label/c.Msg_List_Label';
import noText from '@salesforce/label/c.Msg_List_No_Text';
import optedOut from '@salesforce/label/c.Msg_List_Opted_Out';
import unreadMany from '@salesforce/label/c.Msg_List_Unread_Many';
import unreadOne from '@salesforce/label/c.Msg_List_Unread_One';
import you from '@salesforce/label/c.Msg_List_You';

export const labels = { label, noText, optedOut, unreadMany, unreadOne, you };
