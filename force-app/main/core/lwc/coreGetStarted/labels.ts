import accessHeading from '@salesforce/label/c.Setup_Access_Heading';
import accessText from '@salesforce/label/c.Setup_Access_Text';
import carrierCure from '@salesforce/label/c.Setup_Carrier_Cure';
import carrierFailed from '@salesforce/label/c.Setup_Carrier_Failed';
import checkAgain from '@salesforce/label/c.Setup_Check_Again';
import checking from '@salesforce/label/c.Setup_Checking';
import mismatchCause from '@salesforce/label/c.Setup_Mismatch_Cause';
import mismatchCure from '@salesforce/label/c.Setup_Mismatch_Cure';
import numberMissing from '@salesforce/label/c.Setup_Number_Missing';
import numbersDone from '@salesforce/label/c.Setup_Numbers_Done';
import numbersHeading from '@salesforce/label/c.Setup_Numbers_Heading';
import numbersText from '@salesforce/label/c.Setup_Numbers_Text';
import openNumbers from '@salesforce/label/c.Setup_Open_Numbers';
import openPermissionSets from '@salesforce/label/c.Setup_Open_Permission_Sets';
import openUsers from '@salesforce/label/c.Setup_Open_Users';
import progress from '@salesforce/label/c.Setup_Progress';
import progressLabel from '@salesforce/label/c.Setup_Progress_Label';
import registerHeading from '@salesforce/label/c.Setup_Register_Heading';
import registerText from '@salesforce/label/c.Setup_Register_Text';
import registered from '@salesforce/label/c.Setup_Registered';
import start from '@salesforce/label/c.Setup_Start';
import stepsLoadFailed from '@salesforce/label/c.Setup_Steps_Load_Failed';
import testDone from '@salesforce/label/c.Setup_Test_Done';
import testFailedCause from '@salesforce/label/c.Setup_Test_Failed_Cause';
import testFailedCure from '@salesforce/label/c.Setup_Test_Failed_Cure';
import testHeading from '@salesforce/label/c.Setup_Test_Heading';
import testText from '@salesforce/label/c.Setup_Test_Text';
import userCure from '@salesforce/label/c.Setup_User_Cure';
import userLost from '@salesforce/label/c.Setup_User_Lost';
import usersDone from '@salesforce/label/c.Setup_Users_Done';
import usersHeading from '@salesforce/label/c.Setup_Users_Heading';
import usersText from '@salesforce/label/c.Setup_Users_Text';

export const labels = {
  accessHeading,
  accessText,
  carrierCure,
  carrierFailed,
  checkAgain,
  checking,
  mismatchCause,
  mismatchCure,
  numberMissing,
  numbersDone,
  numbersHeading,
  numbersText,
  openNumbers,
  openPermissionSets,
  openUsers,
  progress,
  progressLabel,
  registerHeading,
  registerText,
  registered,
  start,
  stepsLoadFailed,
  testDone,
  testFailedCause,
  testFailedCure,
  testHeading,
  testText,
  userCure,
  userLost,
  usersDone,
  usersHeading,
  usersText,
};
