import back from '@salesforce/label/c.Msg_Header_Back';
import details from '@salesforce/label/c.Msg_Header_Details';
import optedOut from '@salesforce/label/c.Msg_Header_Opted_Out';
import via from '@salesforce/label/c.Msg_Header_Via';

export const labels = { back, details, optedOut, via };
