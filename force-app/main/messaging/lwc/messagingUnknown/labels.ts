import failed from '@salesforce/label/c.Msg_Unknown_Failed';
import text from '@salesforce/label/c.Msg_Unknown_Text';
import title from '@salesforce/label/c.Msg_Unknown_Title';

export const labels = { failed, text, title };
