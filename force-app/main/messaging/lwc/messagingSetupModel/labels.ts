import connected from '@salesforce/label/c.Msg_Setup_Connected';
import connecting from '@salesforce/label/c.Msg_Setup_Connecting';
import failed from '@salesforce/label/c.Msg_Setup_Failed';
import off from '@salesforce/label/c.Msg_Setup_Off';
import phone from '@salesforce/label/c.Msg_Setup_Phone';
import senderName from '@salesforce/label/c.Msg_Setup_Sender_Name';
import shortCode from '@salesforce/label/c.Msg_Setup_Short_Code';
import smpp from '@salesforce/label/c.Msg_Setup_Smpp';
import twilio from '@salesforce/label/c.Msg_Setup_Twilio';

export const labels = {
  connected,
  connecting,
  failed,
  off,
  phone,
  senderName,
  shortCode,
  smpp,
  twilio,
};
