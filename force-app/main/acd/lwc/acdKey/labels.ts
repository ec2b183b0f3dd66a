import addressText from '@salesforce/label/c.Acd_Address_Text';
import done from '@salesforce/label/c.Acd_Done';
import key from '@salesforce/label/c.Acd_Key';
import keyOf from '@salesforce/label/c.Acd_Key_Of';
import keyText from '@salesforce/label/c.Acd_Key_Text';
import lookupAddress from '@salesforce/label/c.Acd_Lookup_Address';
import mirageAddress from '@salesforce/label/c.Acd_Mirage_Address';
import pbxId from '@salesforce/label/c.Acd_Pbx_Id';

export const labels = {
  addressText,
  done,
  key,
  keyOf,
  keyText,
  lookupAddress,
  mirageAddress,
  pbxId,
};
