import usage from '@salesforce/label/c.Msg_Setup_Usage';
import usageAt from '@salesforce/label/c.Msg_Setup_Usage_At';
import usageHigh from '@salesforce/label/c.Msg_Setup_Usage_High';
import usageUnknown from '@salesforce/label/c.Msg_Setup_Usage_Unknown';

export const labels = {
  usage,
  usageAt,
  usageHigh,
  usageUnknown,
};
