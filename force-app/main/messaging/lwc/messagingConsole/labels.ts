import title from '@salesforce/label/c.Msg_Console_Title';
import newMessage from '@salesforce/label/c.Msg_Start_Title';

export const labels = { newMessage, title };
