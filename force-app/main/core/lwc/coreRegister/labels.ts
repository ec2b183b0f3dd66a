import domainInvalid from '@salesforce/label/c.Setup_Domain_Invalid';
import domainLabel from '@salesforce/label/c.Setup_Domain_Label';
import helpApp from '@salesforce/label/c.Setup_Help_App';
import helpKey from '@salesforce/label/c.Setup_Help_Key';
import helpPopUp from '@salesforce/label/c.Setup_Help_Pop_Up';
import helpRights from '@salesforce/label/c.Setup_Help_Rights';
import helpTitle from '@salesforce/label/c.Setup_Help_Title';
import loginDomain from '@salesforce/label/c.Setup_Login_Domain';
import loginLabel from '@salesforce/label/c.Setup_Login_Label';
import loginProduction from '@salesforce/label/c.Setup_Login_Production';
import loginSandbox from '@salesforce/label/c.Setup_Login_Sandbox';
import noEndpoint from '@salesforce/label/c.Setup_No_Endpoint';
import openSignIn from '@salesforce/label/c.Setup_Open_Sign_In';
import popUpBlocked from '@salesforce/label/c.Setup_Pop_Up_Blocked';
import refresh from '@salesforce/label/c.Setup_Refresh';
import register from '@salesforce/label/c.Setup_Register';
import registerFailed from '@salesforce/label/c.Setup_Register_Failed';
import startOver from '@salesforce/label/c.Setup_Start_Over';
import waitingLabel from '@salesforce/label/c.Setup_Waiting_Label';
import waitingText from '@salesforce/label/c.Setup_Waiting_Text';

export const labels = {
  domainInvalid,
  domainLabel,
  helpApp,
  helpKey,
  helpPopUp,
  helpRights,
  helpTitle,
  loginDomain,
  loginLabel,
  loginProduction,
  loginSandbox,
  noEndpoint,
  openSignIn,
  popUpBlocked,
  refresh,
  register,
  registerFailed,
  startOver,
  waitingLabel,
  waitingText,
};
