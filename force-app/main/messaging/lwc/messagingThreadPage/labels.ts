import failed from '@salesforce/label/c.Msg_Conversation_Failed';
import loading from '@salesforce/label/c.Msg_Conversation_Loading';
import missing from '@salesforce/label/c.Msg_Conversation_Missing';
import missingText from '@salesforce/label/c.Msg_Conversation_Missing_Text';

export const labels = { failed, loading, missing, missingText };
