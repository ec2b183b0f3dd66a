import at from '@salesforce/label/c.Acd_At';
import caller from '@salesforce/label/c.Acd_Caller';
import fromDirectory from '@salesforce/label/c.Acd_From_Directory';
import fromFallback from '@salesforce/label/c.Acd_From_Fallback';
import fromOrg from '@salesforce/label/c.Acd_From_Org';
import loadMore from '@salesforce/label/c.Acd_Load_More';
import loading from '@salesforce/label/c.Acd_Loading';
import log from '@salesforce/label/c.Acd_Log';
import logFailed from '@salesforce/label/c.Acd_Log_Failed';
import noLog from '@salesforce/label/c.Acd_No_Log';
import noLogText from '@salesforce/label/c.Acd_No_Log_Text';
import noNumber from '@salesforce/label/c.Acd_No_Number';
import nobody from '@salesforce/label/c.Acd_Nobody';
import rang from '@salesforce/label/c.Acd_Rang';
import reload from '@salesforce/label/c.Acd_Reload';
import source from '@salesforce/label/c.Acd_Source';
import sourceTook from '@salesforce/label/c.Acd_Source_Took';
import why from '@salesforce/label/c.Acd_Why';
import allResults from '@salesforce/label/c.Acd_All_Results';
import allSources from '@salesforce/label/c.Acd_All_Sources';
import matchedOnly from '@salesforce/label/c.Acd_Matched_Only';
import nothingFound from '@salesforce/label/c.Acd_Nothing_Found';
import nothingFoundText from '@salesforce/label/c.Acd_Nothing_Found_Text';
import notMatched from '@salesforce/label/c.Acd_Not_Matched';
import result from '@salesforce/label/c.Acd_Result';
import search from '@salesforce/label/c.Acd_Search';
import searchHelp from '@salesforce/label/c.Acd_Search_Help';

export const labels = {
  allResults,
  allSources,
  matchedOnly,
  nothingFound,
  nothingFoundText,
  notMatched,
  result,
  search,
  searchHelp,
  at,
  caller,
  fromDirectory,
  fromFallback,
  fromOrg,
  loadMore,
  loading,
  log,
  logFailed,
  noLog,
  noLogText,
  noNumber,
  nobody,
  rang,
  reload,
  source,
  sourceTook,
  why,
};
