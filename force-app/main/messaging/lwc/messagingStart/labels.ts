import cancel from '@salesforce/label/c.Msg_Start_Cancel';
import failed from '@salesforce/label/c.Msg_Start_Failed';
import from from '@salesforce/label/c.Msg_Start_From';
import loading from '@salesforce/label/c.Msg_Start_Loading';
import noNumber from '@salesforce/label/c.Msg_Composer_No_Number';
import number from '@salesforce/label/c.Msg_Start_Number';
import numberBad from '@salesforce/label/c.Msg_Start_Number_Bad';
import numberCountry from '@salesforce/label/c.Msg_Start_Number_Country';
import numberHelp from '@salesforce/label/c.Msg_Start_Number_Help';
import numberHelpShort from '@salesforce/label/c.Msg_Start_Number_Help_Short';
import numberMissing from '@salesforce/label/c.Msg_Start_Number_Missing';
import numberPlaceholder from '@salesforce/label/c.Msg_Start_Number_Placeholder';
import numbersFailed from '@salesforce/label/c.Msg_Composer_Numbers_Failed';
import other from '@salesforce/label/c.Msg_Start_Other';
import send from '@salesforce/label/c.Msg_Start_Send';
import text from '@salesforce/label/c.Msg_Start_Text';
import textMissing from '@salesforce/label/c.Msg_Start_Text_Missing';
import to from '@salesforce/label/c.Msg_Start_To';
import toRecord from '@salesforce/label/c.Msg_Start_To_Record';

export const labels = {
  cancel,
  failed,
  from,
  loading,
  noNumber,
  number,
  numberBad,
  numberCountry,
  numberHelp,
  numberHelpShort,
  numberMissing,
  numberPlaceholder,
  numbersFailed,
  other,
  send,
  text,
  textMissing,
  to,
  toRecord,
};
