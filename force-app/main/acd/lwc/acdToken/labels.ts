import cancel from '@salesforce/label/c.Acd_Cancel';
import done from '@salesforce/label/c.Acd_Done';
import endTokens from '@salesforce/label/c.Acd_End_Tokens';
import endTokensFailed from '@salesforce/label/c.Acd_End_Tokens_Failed';
import endTokensText from '@salesforce/label/c.Acd_End_Tokens_Text';
import endTokensTitle from '@salesforce/label/c.Acd_End_Tokens_Title';
import makeToken from '@salesforce/label/c.Acd_Make_Token';
import token from '@salesforce/label/c.Acd_Token';
import tokenDays from '@salesforce/label/c.Acd_Token_Days';
import tokenEnds from '@salesforce/label/c.Acd_Token_Ends';
import tokenFailed from '@salesforce/label/c.Acd_Token_Failed';
import tokenOf from '@salesforce/label/c.Acd_Token_Of';
import tokenOnce from '@salesforce/label/c.Acd_Token_Once';
import tokenReplace from '@salesforce/label/c.Acd_Token_Replace';
import tokenReplaceHelp from '@salesforce/label/c.Acd_Token_Replace_Help';
import tokensEnded from '@salesforce/label/c.Acd_Tokens_Ended';
import tokenText from '@salesforce/label/c.Acd_Token_Text';

export const labels = {
  cancel,
  done,
  endTokens,
  endTokensFailed,
  endTokensText,
  endTokensTitle,
  makeToken,
  token,
  tokenDays,
  tokenEnds,
  tokenFailed,
  tokenOf,
  tokenOnce,
  tokenReplace,
  tokenReplaceHelp,
  tokensEnded,
  tokenText,
};
