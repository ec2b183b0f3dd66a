import code from '@salesforce/label/c.Core_Error_Code';
import retry from '@salesforce/label/c.Core_Error_Retry';

export const labels = { code, retry };
