import adding from '@salesforce/label/c.Msg_Conversation_Adding';
import back from '@salesforce/label/c.Msg_Panel_Back';
import contact from '@salesforce/label/c.Msg_Panel_Contact';
import lead from '@salesforce/label/c.Msg_Panel_Lead';
import account from '@salesforce/label/c.Msg_Panel_Account';
import customerNumber from '@salesforce/label/c.Msg_Panel_Customer_Number';
import failed from '@salesforce/label/c.Msg_Panel_Failed';
import hidden from '@salesforce/label/c.Msg_Panel_Hidden';
import loading from '@salesforce/label/c.Msg_Panel_Loading';
import match from '@salesforce/label/c.Msg_Panel_Match';
import noneText from '@salesforce/label/c.Msg_Panel_None_Text';
import ourNumber from '@salesforce/label/c.Msg_Panel_Our_Number';
import owner from '@salesforce/label/c.Msg_Panel_Owner';
import title from '@salesforce/label/c.Msg_Panel_Title';
import unknown from '@salesforce/label/c.Msg_Panel_Unknown';
import unknownText from '@salesforce/label/c.Msg_Panel_Unknown_Text';

export const labels = {
  adding,
  back,
  contact,
  lead,
  account,
  customerNumber,
  failed,
  hidden,
  loading,
  match,
  noneText,
  ourNumber,
  owner,
  title,
  unknown,
  unknownText,
};
