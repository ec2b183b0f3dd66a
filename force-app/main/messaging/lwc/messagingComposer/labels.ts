import from from '@salesforce/label/c.Msg_Composer_From';
import hint from '@salesforce/label/c.Msg_Composer_Hint';
import label from '@salesforce/label/c.Msg_Composer_Label';
import placeholder from '@salesforce/label/c.Msg_Composer_Placeholder';
import send from '@salesforce/label/c.Msg_Composer_Send';

export const labels = { from, hint, label, placeholder, send };
