import cancel from '@salesforce/label/c.Msg_Settle_Cancel';
import failed from '@salesforce/label/c.Msg_Settle_Failed';
import itFailed from '@salesforce/label/c.Msg_Settle_It_Failed';
import outcome from '@salesforce/label/c.Msg_Settle_Outcome';
import outcomeMissing from '@salesforce/label/c.Msg_Settle_Outcome_Missing';
import question from '@salesforce/label/c.Msg_Settle_Question';
import reason from '@salesforce/label/c.Msg_Settle_Reason';
import reasonHelp from '@salesforce/label/c.Msg_Settle_Reason_Help';
import reasonMissing from '@salesforce/label/c.Msg_Settle_Reason_Missing';
import resend from '@salesforce/label/c.Msg_Settle_Resend';
import save from '@salesforce/label/c.Msg_Settle_Save';
import sent from '@salesforce/label/c.Msg_Settle_Sent';

export const labels = {
  cancel,
  failed,
  itFailed,
  outcome,
  outcomeMissing,
  question,
  reason,
  reasonHelp,
  reasonMissing,
  resend,
  save,
  sent,
};
