import accounts from '@salesforce/label/c.Acd_Accounts';
import addCustomObject from '@salesforce/label/c.Acd_Add_Custom_Object';
import addLookup from '@salesforce/label/c.Acd_Add_Lookup';
import addObject from '@salesforce/label/c.Acd_Add_Object';
import available from '@salesforce/label/c.Acd_Available';
import byActivity from '@salesforce/label/c.Acd_By_Activity';
import byOpenCase from '@salesforce/label/c.Acd_By_Open_Case';
import byOwner from '@salesforce/label/c.Acd_By_Owner';
import byVip from '@salesforce/label/c.Acd_By_Vip';
import calledNumbers from '@salesforce/label/c.Acd_Called_Numbers';
import calledNumbersHelp from '@salesforce/label/c.Acd_Called_Numbers_Help';
import cancel from '@salesforce/label/c.Acd_Cancel';
import contacts from '@salesforce/label/c.Acd_Contacts';
import customObject from '@salesforce/label/c.Acd_Custom_Object';
import customObjectHelp from '@salesforce/label/c.Acd_Custom_Object_Help';
import deadline from '@salesforce/label/c.Acd_Deadline';
import deadlineHelp from '@salesforce/label/c.Acd_Deadline_Help';
import defaultRoute from '@salesforce/label/c.Acd_Default_Route';
import defaultRouteHelp from '@salesforce/label/c.Acd_Default_Route_Help';
import doNotCallField from '@salesforce/label/c.Acd_Do_Not_Call_Field';
import editOf from '@salesforce/label/c.Acd_Edit_Of';
import inThisOrder from '@salesforce/label/c.Acd_In_This_Order';
import isDefault from '@salesforce/label/c.Acd_Is_Default';
import languageField from '@salesforce/label/c.Acd_Language_Field';
import leads from '@salesforce/label/c.Acd_Leads';
import moreInAnswer from '@salesforce/label/c.Acd_More_In_Answer';
import moreInAnswerText from '@salesforce/label/c.Acd_More_In_Answer_Text';
import mostCustomObjects from '@salesforce/label/c.Acd_Most_Custom_Objects';
import name from '@salesforce/label/c.Acd_Name';
import noCustomObject from '@salesforce/label/c.Acd_No_Custom_Object';
import notSaved from '@salesforce/label/c.Acd_Not_Saved';
import objectAdded from '@salesforce/label/c.Acd_Object_Added';
import objectKnown from '@salesforce/label/c.Acd_Object_Known';
import objects from '@salesforce/label/c.Acd_Objects';
import objectsHelp from '@salesforce/label/c.Acd_Objects_Help';
import pin from '@salesforce/label/c.Acd_Pin';
import pinField from '@salesforce/label/c.Acd_Pin_Field';
import pinFieldHelp from '@salesforce/label/c.Acd_Pin_Field_Help';
import priorityField from '@salesforce/label/c.Acd_Priority_Field';
import ranking from '@salesforce/label/c.Acd_Ranking';
import rankingHelp from '@salesforce/label/c.Acd_Ranking_Help';
import ring from '@salesforce/label/c.Acd_Ring';
import ringAccountOwner from '@salesforce/label/c.Acd_Ring_Account_Owner';
import ringCaseOwner from '@salesforce/label/c.Acd_Ring_Case_Owner';
import ringHelp from '@salesforce/label/c.Acd_Ring_Help';
import ringRecordOwner from '@salesforce/label/c.Acd_Ring_Record_Owner';
import save from '@salesforce/label/c.Acd_Save';
import several from '@salesforce/label/c.Acd_Several';
import severalAll from '@salesforce/label/c.Acd_Several_All';
import severalAsk from '@salesforce/label/c.Acd_Several_Ask';
import severalFirst from '@salesforce/label/c.Acd_Several_First';
import skillField from '@salesforce/label/c.Acd_Skill_Field';
import vipField from '@salesforce/label/c.Acd_Vip_Field';
import vipValues from '@salesforce/label/c.Acd_Vip_Values';
import vipValuesHelp from '@salesforce/label/c.Acd_Vip_Values_Help';
import whoCalls from '@salesforce/label/c.Acd_Who_Calls';
import whomToRing from '@salesforce/label/c.Acd_Whom_To_Ring';

export const labels = {
  accounts,
  addCustomObject,
  addLookup,
  addObject,
  available,
  byActivity,
  byOpenCase,
  byOwner,
  byVip,
  calledNumbers,
  calledNumbersHelp,
  cancel,
  contacts,
  customObject,
  customObjectHelp,
  deadline,
  deadlineHelp,
  defaultRoute,
  defaultRouteHelp,
  doNotCallField,
  editOf,
  inThisOrder,
  isDefault,
  languageField,
  leads,
  moreInAnswer,
  moreInAnswerText,
  mostCustomObjects,
  name,
  noCustomObject,
  notSaved,
  objectAdded,
  objectKnown,
  objects,
  objectsHelp,
  pin,
  pinField,
  pinFieldHelp,
  priorityField,
  ranking,
  rankingHelp,
  ring,
  ringAccountOwner,
  ringCaseOwner,
  ringHelp,
  ringRecordOwner,
  save,
  several,
  severalAll,
  severalAsk,
  severalFirst,
  skillField,
  vipField,
  vipValues,
  vipValuesHelp,
  whoCalls,
  whomToRing,
};
