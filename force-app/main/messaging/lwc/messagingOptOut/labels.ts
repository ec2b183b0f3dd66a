import cancel from '@salesforce/label/c.Msg_Opt_Cancel';
import failed from '@salesforce/label/c.Msg_Opt_Failed';
import inQuestion from '@salesforce/label/c.Msg_Opt_In_Question';
import inSave from '@salesforce/label/c.Msg_Opt_In_Save';
import outQuestion from '@salesforce/label/c.Msg_Opt_Out_Question';
import outSave from '@salesforce/label/c.Msg_Opt_Out_Save';
import reason from '@salesforce/label/c.Msg_Opt_Reason';
import reasonHelp from '@salesforce/label/c.Msg_Opt_Reason_Help';
import reasonMissing from '@salesforce/label/c.Msg_Opt_Reason_Missing';

export const labels = { cancel, failed, inQuestion, inSave, outQuestion, outSave, reason, reasonHelp, reasonMissing };
