import { keyOfExtension, type LocalDirectory } from '../../directory/index.ts';
import type { Answer } from '../answer.ts';
import type { Match } from '../match.ts';
import type { CallParty, CallRecord } from './types.ts';

export type FindParty = ReturnType<typeof createPartyFinder>;

/** A look-up for a record, which waits longer than a caller would and is not logged. */
export type AskFor = (orgId: string, call: Pick<CallRecord, 'pbx' | 'caller' | 'called' | 'lookup' | 'caseNumber'>) => Promise<Answer>;

/** Finds out whom a call is about and whose it is. */
export function createPartyFinder({ ask, local }: { ask: AskFor; local: Pick<LocalDirectory, 'findByKeys'> }) {
  /** Who works at an extension. */
  async function takerOf(orgId: string, extension: string | null): Promise<string | undefined> {
    if (extension === null) return undefined;
    const { value } = await local.findByKeys(orgId, [keyOfExtension(extension)]);
    return value.find(({ object, fields }) => object === 'User' && fields['IsActive'] !== false)?.id;
  }

  /** Undefined: neither the directory nor the org could tell in time. */
  return async (orgId: string, call: CallRecord): Promise<CallParty | undefined> => {
    const [answer, taker] = await Promise.all([ask(orgId, call), takerOf(orgId, call.extension)]);
    if (answer.source === 'fallback') return undefined;
    const { best } = answer;
    return {
      ...linksOf(best),
      ownerId: taker ?? answer.assignTo ?? null,
      takerId: taker ?? null,
      recordId: best?.id ?? null,
      who: best ? (best.object === 'Case' ? `case ${best.name}` : best.name) : null,
    };
  };
}

/** A lead can be the person of an activity only where nothing else is what it is about (Task, Object Reference). */
function linksOf(best: Match | undefined): Pick<CallParty, 'whoId' | 'whatId'> {
  switch (best?.object) {
    case 'Contact':
    case 'Lead':
      return { whoId: best.id, whatId: null };
    case 'Case': {
      const contactId = best.fields['ContactId'];
      return { whoId: typeof contactId === 'string' ? contactId : null, whatId: best.id };
    }
    default:
      return { whoId: null, whatId: best?.id ?? null };
  }
}
