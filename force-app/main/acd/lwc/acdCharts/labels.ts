import bySource from '@salesforce/label/c.Acd_By_Source';
import byTime from '@salesforce/label/c.Acd_By_Time';
import charts from '@salesforce/label/c.Acd_Charts';
import chartsFailed from '@salesforce/label/c.Acd_Charts_Failed';
import cost from '@salesforce/label/c.Acd_Cost';
import fromDirectory from '@salesforce/label/c.Acd_From_Directory';
import fromFallback from '@salesforce/label/c.Acd_From_Fallback';
import fromOrg from '@salesforce/label/c.Acd_From_Org';
import loading from '@salesforce/label/c.Acd_Loading';
import longer from '@salesforce/label/c.Acd_Longer';
import noLog from '@salesforce/label/c.Acd_No_Log';
import noLogText from '@salesforce/label/c.Acd_No_Log_Text';
import percentiles from '@salesforce/label/c.Acd_Percentiles';
import sevenDays from '@salesforce/label/c.Acd_Seven_Days';
import span from '@salesforce/label/c.Acd_Span';
import thirtyDays from '@salesforce/label/c.Acd_Thirty_Days';
import today from '@salesforce/label/c.Acd_Today';
import total from '@salesforce/label/c.Acd_Total';
import upTo from '@salesforce/label/c.Acd_Up_To';

export const labels = {
  bySource,
  byTime,
  charts,
  chartsFailed,
  cost,
  fromDirectory,
  fromFallback,
  fromOrg,
  loading,
  longer,
  noLog,
  noLogText,
  percentiles,
  sevenDays,
  span,
  thirtyDays,
  today,
  total,
  upTo,
};
