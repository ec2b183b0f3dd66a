import closedRoute from '@salesforce/label/c.Acd_Closed_Route';
import closedRouteHelp from '@salesforce/label/c.Acd_Closed_Route_Help';
import hasHours from '@salesforce/label/c.Acd_Has_Hours';
import holidays from '@salesforce/label/c.Acd_Holidays';
import holidaysHelp from '@salesforce/label/c.Acd_Holidays_Help';
import holidaysPlaceholder from '@salesforce/label/c.Acd_Holidays_Placeholder';
import hours from '@salesforce/label/c.Acd_Hours';
import hoursPlaceholder from '@salesforce/label/c.Acd_Hours_Placeholder';
import openHours from '@salesforce/label/c.Acd_Open_Hours';
import timeZone from '@salesforce/label/c.Acd_Time_Zone';
import timeZoneHelp from '@salesforce/label/c.Acd_Time_Zone_Help';

export const labels = {
  closedRoute,
  closedRouteHelp,
  hasHours,
  holidays,
  holidaysHelp,
  holidaysPlaceholder,
  hours,
  hoursPlaceholder,
  openHours,
  timeZone,
  timeZoneHelp,
};
