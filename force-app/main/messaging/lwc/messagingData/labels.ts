import account from '@salesforce/label/c.Msg_Card_Account';
import company from '@salesforce/label/c.Msg_Card_Company';
import email from '@salesforce/label/c.Msg_Card_Email';
import homePhone from '@salesforce/label/c.Msg_Card_Home_Phone';
import industry from '@salesforce/label/c.Msg_Card_Industry';
import mobile from '@salesforce/label/c.Msg_Card_Mobile';
import otherPhone from '@salesforce/label/c.Msg_Card_Other_Phone';
import owner from '@salesforce/label/c.Msg_Card_Owner';
import phone from '@salesforce/label/c.Msg_Card_Phone';
import status from '@salesforce/label/c.Msg_Card_Status';
import title from '@salesforce/label/c.Msg_Card_Title';

export const cardLabels = { account, company, email, homePhone, industry, mobile, otherPhone, owner, phone, status, title };
