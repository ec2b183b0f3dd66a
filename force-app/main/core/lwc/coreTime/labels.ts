import minutes from '@salesforce/label/c.Core_Time_Minutes';
import now from '@salesforce/label/c.Core_Time_Now';
import today from '@salesforce/label/c.Core_Day_Today';
import yesterday from '@salesforce/label/c.Core_Day_Yesterday';

export const labels = { minutes, now, today, yesterday };
