import call from '@salesforce/label/c.Acd_Calls_Call';
import empty from '@salesforce/label/c.Acd_Calls_Empty';
import emptyText from '@salesforce/label/c.Acd_Calls_Empty_Text';
import failed from '@salesforce/label/c.Acd_Calls_Failed';
import loading from '@salesforce/label/c.Acd_Calls_Loading';
import nobody from '@salesforce/label/c.Acd_Calls_Nobody';
import opened from '@salesforce/label/c.Acd_Calls_Opened';
import title from '@salesforce/label/c.Acd_Calls_Title';

export const labels = { call, empty, emptyText, failed, loading, nobody, opened, title };
