import close from '@salesforce/label/c.Msg_Media_Close';
import download from '@salesforce/label/c.Msg_Media_Download';

export const labels = { close, download };
