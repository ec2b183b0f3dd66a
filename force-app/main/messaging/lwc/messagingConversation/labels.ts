import noNumber from '@salesforce/label/c.Msg_Composer_No_Number';
import noPermission from '@salesforce/label/c.Msg_Composer_No_Permission';
import numbersFailed from '@salesforce/label/c.Msg_Composer_Numbers_Failed';
import optedOut from '@salesforce/label/c.Msg_Composer_Opted_Out';
import adding from '@salesforce/label/c.Msg_Conversation_Adding';
import failed from '@salesforce/label/c.Msg_Conversation_Failed';
import late from '@salesforce/label/c.Msg_Conversation_Late';
import loading from '@salesforce/label/c.Msg_Conversation_Loading';
import missing from '@salesforce/label/c.Msg_Conversation_Missing';
import missingText from '@salesforce/label/c.Msg_Conversation_Missing_Text';
import none from '@salesforce/label/c.Msg_Conversation_None';
import noneText from '@salesforce/label/c.Msg_Conversation_None_Text';
import olderFailed from '@salesforce/label/c.Msg_Older_Failed';
import refreshFailed from '@salesforce/label/c.Msg_Refresh_Failed';
import settledFailed from '@salesforce/label/c.Msg_Settle_Done_Failed';
import settledResend from '@salesforce/label/c.Msg_Settle_Done_Resend';
import settledSent from '@salesforce/label/c.Msg_Settle_Done_Sent';
import settleTitle from '@salesforce/label/c.Msg_Settle_Title';

export const labels = {
  noNumber,
  noPermission,
  numbersFailed,
  optedOut,
  adding,
  failed,
  late,
  loading,
  missing,
  missingText,
  none,
  noneText,
  olderFailed,
  refreshFailed,
  settledFailed,
  settledResend,
  settledSent,
  settleTitle,
};
