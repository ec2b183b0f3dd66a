import byEvents from '@salesforce/label/c.Acd_By_Events';
import bySweeps from '@salesforce/label/c.Acd_By_Sweeps';
import bySweepsBecause from '@salesforce/label/c.Acd_By_Sweeps_Because';
import directory from '@salesforce/label/c.Acd_Directory';
import directoryProblem from '@salesforce/label/c.Acd_Directory_Problem';
import freshSeconds from '@salesforce/label/c.Acd_Fresh_Seconds';
import freshSince from '@salesforce/label/c.Acd_Fresh_Since';
import noDirectory from '@salesforce/label/c.Acd_No_Directory';
import noDirectoryText from '@salesforce/label/c.Acd_No_Directory_Text';
import progressOf from '@salesforce/label/c.Acd_Progress_Of';
import readAll from '@salesforce/label/c.Acd_Read_All';
import readNow from '@salesforce/label/c.Acd_Read_Now';
import readOf from '@salesforce/label/c.Acd_Read_Of';
import readingFirst from '@salesforce/label/c.Acd_Reading_First';

export const labels = {
  byEvents,
  bySweeps,
  bySweepsBecause,
  directory,
  directoryProblem,
  freshSeconds,
  freshSince,
  noDirectory,
  noDirectoryText,
  progressOf,
  readAll,
  readNow,
  readOf,
  readingFirst,
};
