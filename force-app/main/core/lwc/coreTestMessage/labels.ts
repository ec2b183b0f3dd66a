import accepted from '@salesforce/label/c.Setup_Accepted';
import atCarrier from '@salesforce/label/c.Setup_At_Carrier';
import delivered from '@salesforce/label/c.Setup_Delivered';
import following from '@salesforce/label/c.Setup_Following';
import noCause from '@salesforce/label/c.Setup_No_Cause';
import notDelivered from '@salesforce/label/c.Setup_Not_Delivered';
import pending from '@salesforce/label/c.Setup_Pending';
import reached from '@salesforce/label/c.Setup_Reached';
import sendFailed from '@salesforce/label/c.Setup_Send_Failed';
import sendFrom from '@salesforce/label/c.Setup_Send_From';
import sendTest from '@salesforce/label/c.Setup_Send_Test';
import stageFailed from '@salesforce/label/c.Setup_Stage_Failed';
import testBody from '@salesforce/label/c.Setup_Test_Body';
import testDone from '@salesforce/label/c.Setup_Test_Done';
import text from '@salesforce/label/c.Setup_Text';
import unknown from '@salesforce/label/c.Setup_Unknown';
import yourNumber from '@salesforce/label/c.Setup_Your_Number';
import yourNumberHelp from '@salesforce/label/c.Setup_Your_Number_Help';

export const labels = {
  accepted,
  atCarrier,
  delivered,
  following,
  noCause,
  notDelivered,
  pending,
  reached,
  sendFailed,
  sendFrom,
  sendTest,
  stageFailed,
  testBody,
  testDone,
  text,
  unknown,
  yourNumber,
  yourNumberHelp,
};
