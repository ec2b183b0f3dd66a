import accountNumber from '@salesforce/label/c.Acd_Account_Number';
import ask from '@salesforce/label/c.Acd_Ask';
import byCalledNumber from '@salesforce/label/c.Acd_By_Called_Number';
import called from '@salesforce/label/c.Acd_Called';
import caller from '@salesforce/label/c.Acd_Caller';
import callerPlaceholder from '@salesforce/label/c.Acd_Caller_Placeholder';
import caseNumber from '@salesforce/label/c.Acd_Case_Number';
import fromDirectory from '@salesforce/label/c.Acd_From_Directory';
import fromFallback from '@salesforce/label/c.Acd_From_Fallback';
import fromOrg from '@salesforce/label/c.Acd_From_Org';
import lookup from '@salesforce/label/c.Acd_Lookup';
import nobodyRings from '@salesforce/label/c.Acd_Nobody_Rings';
import notAnswered from '@salesforce/label/c.Acd_Not_Answered';
import orgRules from '@salesforce/label/c.Acd_Org_Rules';
import phoneSystem from '@salesforce/label/c.Acd_Phone_System';
import rings from '@salesforce/label/c.Acd_Rings';
import sourceStale from '@salesforce/label/c.Acd_Source_Stale';
import sourceTook from '@salesforce/label/c.Acd_Source_Took';
import tryIt from '@salesforce/label/c.Acd_Try_It';
import tryItText from '@salesforce/label/c.Acd_Try_It_Text';

export const labels = {
  accountNumber,
  ask,
  byCalledNumber,
  called,
  caller,
  callerPlaceholder,
  caseNumber,
  fromDirectory,
  fromFallback,
  fromOrg,
  lookup,
  nobodyRings,
  notAnswered,
  orgRules,
  phoneSystem,
  rings,
  sourceStale,
  sourceTook,
  tryIt,
  tryItText,
};
