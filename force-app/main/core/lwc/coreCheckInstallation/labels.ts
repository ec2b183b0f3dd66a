import check from '@salesforce/label/c.Setup_Check';
import checkFailed from '@salesforce/label/c.Setup_Check_Failed';
import checkOk from '@salesforce/label/c.Setup_Check_Ok';
import checkWarning from '@salesforce/label/c.Setup_Check_Warning';
import copyReport from '@salesforce/label/c.Setup_Copy_Report';
import fix from '@salesforce/label/c.Setup_Fix';
import notRunHeading from '@salesforce/label/c.Setup_Not_Run_Heading';
import notRunText from '@salesforce/label/c.Setup_Not_Run_Text';
import reportTitle from '@salesforce/label/c.Setup_Report_Title';
import run from '@salesforce/label/c.Setup_Run';
import runAgain from '@salesforce/label/c.Setup_Run_Again';
import runFailed from '@salesforce/label/c.Setup_Run_Failed';
import running from '@salesforce/label/c.Setup_Running';
import start from '@salesforce/label/c.Setup_Start';
import summary from '@salesforce/label/c.Setup_Summary';

export const labels = {
  check,
  checkFailed,
  checkOk,
  checkWarning,
  copyReport,
  fix,
  notRunHeading,
  notRunText,
  reportTitle,
  run,
  runAgain,
  runFailed,
  running,
  start,
  summary,
};
