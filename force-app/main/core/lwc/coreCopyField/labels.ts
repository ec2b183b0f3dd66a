import copied from '@salesforce/label/c.Setup_Copied';
import copy from '@salesforce/label/c.Setup_Copy';
import copyByHand from '@salesforce/label/c.Setup_Copy_By_Hand';
import copyFailed from '@salesforce/label/c.Setup_Copy_Failed';

export const labels = {
  copied,
  copy,
  copyByHand,
  copyFailed,
};
