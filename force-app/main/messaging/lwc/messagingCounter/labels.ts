import alphabet from '@salesforce/label/c.Msg_Counter_Alphabet';
import empty from '@salesforce/label/c.Msg_Counter_Empty';
import many from '@salesforce/label/c.Msg_Counter_Many';
import one from '@salesforce/label/c.Msg_Counter_One';
import tooLong from '@salesforce/label/c.Msg_Counter_Too_Long';
import unicode from '@salesforce/label/c.Msg_Counter_Unicode';

export const labels = { alphabet, empty, many, one, tooLong, unicode };
