import cause from '@salesforce/label/c.Setup_Cause';
import cure from '@salesforce/label/c.Setup_Cure';
import done from '@salesforce/label/c.Setup_Done';
import failed from '@salesforce/label/c.Setup_Failed';
import next from '@salesforce/label/c.Setup_Next';
import step from '@salesforce/label/c.Setup_Step';
import waiting from '@salesforce/label/c.Setup_Waiting';

export const labels = {
  cause,
  cure,
  done,
  failed,
  next,
  step,
  waiting,
};
