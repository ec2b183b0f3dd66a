import offline from '@salesforce/label/c.Core_Error_Offline';
import offlineTitle from '@salesforce/label/c.Core_Error_Offline_Title';
import title from '@salesforce/label/c.Core_Error_Title';
import unknown from '@salesforce/label/c.Core_Error_Unknown';

export const labels = { offline, offlineTitle, title, unknown };
