import cause from '@salesforce/label/c.Conn_Cause';
import fromTo from '@salesforce/label/c.Conn_From_To';
import loadMore from '@salesforce/label/c.Conn_Load_More';
import nextStep from '@salesforce/label/c.Conn_Next_Step';
import timeline from '@salesforce/label/c.Conn_Timeline';
import timelineEmpty from '@salesforce/label/c.Conn_Timeline_Empty';
import timelineEmptyText from '@salesforce/label/c.Conn_Timeline_Empty_Text';
import timelineFailed from '@salesforce/label/c.Conn_Timeline_Failed';
import waitingMany from '@salesforce/label/c.Conn_Waiting_Many';
import waitingOne from '@salesforce/label/c.Conn_Waiting_One';

export const labels = {
  cause,
  fromTo,
  loadMore,
  nextStep,
  timeline,
  timelineEmpty,
  timelineEmptyText,
  timelineFailed,
  waitingMany,
  waitingOne,
};
