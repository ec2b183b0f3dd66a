/** Stand-in for the part of `lightning/uiRecordApi` that reads: the page's server asks the sandbox org as the signed-in user. */
import { post, wireAdapter } from 'shell/apexClient';

type Token = string | { objectApiName: string; fieldApiName: string };

/** Wire adapter with `recordId`, `fields` and `optionalFields`; keeps nothing, where the platform shares a cache with the whole page. */
export const getRecord = wireAdapter(({ recordId, fields, optionalFields }) =>
  post('ui-record', { recordId, fields: names(fields), optionalFields: names(optionalFields) }),
);

function names(tokens: unknown): string[] {
  return ((tokens ?? []) as Token[]).map((token) => (typeof token === 'string' ? token : `${token.objectApiName}.${token.fieldApiName}`));
}
