import addPhoneSystem from '@salesforce/label/c.Acd_Add_Phone_System';
import addPrefix from '@salesforce/label/c.Acd_Add_Prefix';
import addPrefixHelp from '@salesforce/label/c.Acd_Add_Prefix_Help';
import cancel from '@salesforce/label/c.Acd_Cancel';
import country from '@salesforce/label/c.Acd_Country';
import countryHelp from '@salesforce/label/c.Acd_Country_Help';
import cutPrefix from '@salesforce/label/c.Acd_Cut_Prefix';
import cutPrefixHelp from '@salesforce/label/c.Acd_Cut_Prefix_Help';
import diallingRules from '@salesforce/label/c.Acd_Dialling_Rules';
import diallingRulesText from '@salesforce/label/c.Acd_Dialling_Rules_Text';
import editOf from '@salesforce/label/c.Acd_Edit_Of';
import internationalPrefix from '@salesforce/label/c.Acd_International_Prefix';
import internationalPrefixHelp from '@salesforce/label/c.Acd_International_Prefix_Help';
import keepLongDistancePrefix from '@salesforce/label/c.Acd_Keep_Long_Distance_Prefix';
import longDistancePrefix from '@salesforce/label/c.Acd_Long_Distance_Prefix';
import longDistancePrefixHelp from '@salesforce/label/c.Acd_Long_Distance_Prefix_Help';
import name from '@salesforce/label/c.Acd_Name';
import notSaved from '@salesforce/label/c.Acd_Not_Saved';
import save from '@salesforce/label/c.Acd_Save';
import tokenInUrl from '@salesforce/label/c.Acd_Token_In_Url';
import tokenInUrlHelp from '@salesforce/label/c.Acd_Token_In_Url_Help';
import tokens from '@salesforce/label/c.Acd_Tokens';

export const labels = {
  addPhoneSystem,
  addPrefix,
  addPrefixHelp,
  cancel,
  country,
  countryHelp,
  cutPrefix,
  cutPrefixHelp,
  diallingRules,
  diallingRulesText,
  editOf,
  internationalPrefix,
  internationalPrefixHelp,
  keepLongDistancePrefix,
  longDistancePrefix,
  longDistancePrefixHelp,
  name,
  notSaved,
  save,
  tokenInUrl,
  tokenInUrlHelp,
  tokens,
};
