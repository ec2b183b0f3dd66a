import noPhoneField from '@salesforce/label/c.Msg_Setup_No_Phone_Field';
import noPhoneFieldText from '@salesforce/label/c.Msg_Setup_No_Phone_Field_Text';
import phoneFields from '@salesforce/label/c.Msg_Setup_Phone_Fields';
import phoneFieldsFailed from '@salesforce/label/c.Msg_Setup_Phone_Fields_Failed';
import phoneFieldsNotSaved from '@salesforce/label/c.Msg_Setup_Phone_Fields_Not_Saved';
import phoneFieldsSaved from '@salesforce/label/c.Msg_Setup_Phone_Fields_Saved';
import phoneFieldsText from '@salesforce/label/c.Msg_Setup_Phone_Fields_Text';
import reset from '@salesforce/label/c.Msg_Setup_Reset';
import save from '@salesforce/label/c.Msg_Setup_Save';

export const labels = {
  noPhoneField,
  noPhoneFieldText,
  phoneFields,
  phoneFieldsFailed,
  phoneFieldsNotSaved,
  phoneFieldsSaved,
  phoneFieldsText,
  reset,
  save,
};
