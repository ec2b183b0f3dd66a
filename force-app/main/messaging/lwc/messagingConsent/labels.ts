import carrier from '@salesforce/label/c.Msg_Consent_Carrier';
import change from '@salesforce/label/c.Msg_Consent_Change';
import failed from '@salesforce/label/c.Msg_Consent_Failed';
import keyword from '@salesforce/label/c.Msg_Consent_Keyword';
import manual from '@salesforce/label/c.Msg_Consent_Manual';
import manualUnknown from '@salesforce/label/c.Msg_Consent_Manual_Unknown';
import neverSaid from '@salesforce/label/c.Msg_Consent_Never_Said';
import no from '@salesforce/label/c.Msg_Consent_No';
import reason from '@salesforce/label/c.Msg_Consent_Reason';
import since from '@salesforce/label/c.Msg_Consent_Since';
import title from '@salesforce/label/c.Msg_Consent_Title';
import yes from '@salesforce/label/c.Msg_Consent_Yes';
import dialogTitle from '@salesforce/label/c.Msg_Opt_Title';
import savedOut from '@salesforce/label/c.Msg_Opt_Saved_Out';
import savedIn from '@salesforce/label/c.Msg_Opt_Saved_In';

export const labels = {
  carrier,
  change,
  failed,
  keyword,
  manual,
  manualUnknown,
  neverSaid,
  no,
  reason,
  since,
  title,
  yes,
  dialogTitle,
  savedOut,
  savedIn,
};
