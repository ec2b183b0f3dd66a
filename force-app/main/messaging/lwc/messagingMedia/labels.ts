import download from '@salesforce/label/c.Msg_Media_Download';
import failed from '@salesforce/label/c.Msg_Media_Failed';
import file from '@salesforce/label/c.Msg_Media_File';
import loading from '@salesforce/label/c.Msg_Media_Loading';
import open from '@salesforce/label/c.Msg_Media_Open';
import picture from '@salesforce/label/c.Msg_Media_Picture';
import retry from '@salesforce/label/c.Msg_Media_Retry';

export const labels = { download, failed, file, loading, open, picture, retry };
