import type { Db } from '../platform/db/database.ts';
import { unavailable } from '../platform/errors.ts';
import { isShortCode, toE164 } from '../platform/phone.ts';
import { invalidNumber } from './errors.ts';
import type { OrgAccess } from './org/access.ts';
import { findConversationByNumbers } from './store/conversations.ts';
import { findOptOut } from './store/opt-outs.ts';
import { erasePerson, readThread, type PersonMessage } from './store/people.ts';

const PAGE = 500;
/** What one answer may hold; nobody reads more, and memory is finite. */
const MAX_MESSAGES = 20_000;
/** Records that one call deletes (Salesforce's limit of a collection). */
const DELETE_AT_ONCE = 200;

export type People = ReturnType<typeof createPeople>;

/** What is known of a person by phone number: to hand it out, and to erase it (as privacy laws ask for). */
export function createPeople({ db, access }: { db: Db; access: OrgAccess }) {
  return {
    async exportPerson(orgId: string, typed: string) {
      const number = normalise(typed);
      const conversations = await findConversationByNumbers(db, orgId, number);
      const optOut = await findOptOut(db, orgId, number);
      let room = MAX_MESSAGES;
      const threads: { ourNumber: string; name: string | null; messages: PersonMessage[] }[] = [];
      for (const conversation of conversations) {
        const messages: PersonMessage[] = [];
        for (let after = 0; room > 0;) {
          const page = await readThread(db, orgId, conversation.id, after, Math.min(PAGE, room));
          messages.push(...page.map(({ sequence: _, ...message }) => message));
          room -= page.length;
          after = page.at(-1)?.sequence ?? after;
          if (page.length < PAGE) break;
        }
        threads.push({ ourNumber: conversation.ourNumber, name: conversation.recordName, messages });
      }
      return {
        number,
        consent: optOut ? { state: optOut.state, reason: optOut.reason, changedAt: optOut.changedAt } : null,
        conversations: threads,
        complete: room > 0,
      };
    },

    /** First in the org, then here: when the org cannot be reached nothing is erased, and asking again does the rest. */
    async erase(orgId: string, typed: string): Promise<{ conversations: number }> {
      const number = normalise(typed);
      const ids = (await findConversationByNumbers(db, orgId, number)).flatMap((conversation) => conversation.salesforceId ?? []);
      for (let start = 0; start < ids.length; start += DELETE_AT_ONCE) await eraseInOrg(orgId, ids.slice(start, start + DELETE_AT_ONCE));
      return { conversations: await db.transaction().execute((tx) => erasePerson(tx, orgId, number)) };
    },
  };

  async function eraseInOrg(orgId: string, ids: string[]): Promise<void> {
    const results = await access
      .call(orgId, (sf) => sf.deleteCollection(ids))
      .catch((error: unknown) => {
        const hold = access.heldBy(error);
        if (!hold) throw error;
        throw unavailable(`${hold.reason} Nothing was erased.`, { cause: error });
      });
    const gone = ['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY'];
    const refused = results.find((result) => !result.success && !gone.includes(result.errors[0]?.code ?? ''));
    if (refused)
      throw unavailable(
        `Salesforce did not let the main user delete a conversation (${refused.errors[0]?.code ?? 'no reason given'}). Nothing was erased in the service; what was deleted in the org stays deleted.`,
      );
  }
}

function normalise(typed: string): string {
  const number = isShortCode(typed) ? typed : toE164(typed, 'US');
  if (!number)
    throw invalidNumber('Write the number with its country, such as +1 415 555 0123.', {
      errors: [{ field: 'number', message: 'is not a phone number' }],
    });
  return number;
}
