import active from '@salesforce/label/c.Acd_Connection_Active';
import connect from '@salesforce/label/c.Acd_Connect';
import connection from '@salesforce/label/c.Acd_Connection';
import disconnect from '@salesforce/label/c.Acd_Disconnect';
import heldBy from '@salesforce/label/c.Acd_Connection_Held_By';
import inactive from '@salesforce/label/c.Acd_Connection_Inactive';
import orgIdForPhoneSystems from '@salesforce/label/c.Acd_Connection_Org_Id';
import refreshConnection from '@salesforce/label/c.Acd_Refresh_Connection';
import since from '@salesforce/label/c.Acd_Connection_Since';
import standby from '@salesforce/label/c.Acd_Connection_Standby';

export const labels = {
  active,
  connect,
  connection,
  disconnect,
  heldBy,
  inactive,
  orgIdForPhoneSystems,
  refreshConnection,
  since,
  standby,
};
