import { randomUUID } from 'node:crypto';
import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import { sleep } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { unavailable } from '../platform/errors.ts';
import { claimLane, guarded, listHolds, releaseLease, type Lease } from '../platform/lanes/lease.ts';
import type { LaneAddress } from '../platform/lanes/outbox.ts';
import { isShortCode, toAddress, toE164 } from '../platform/phone.ts';
import { invalidNumber } from './errors.ts';
import type { OrgAccess } from './org/access.ts';
import { eraseInOrg } from './org/erase.ts';
import { countryOfTyped } from './send.ts';
import { listNumbers } from './store/accounts.ts';
import { findConversationByNumbers } from './store/conversations.ts';
import { findOptOut } from './store/opt-outs.ts';
import { erasePerson, readThread, type PersonMessage } from './store/people.ts';
import { ORG_LANE, ORG_LANE_KEYS } from './types.ts';

const PAGE = 500;
/** What one answer may hold; nobody reads more, and memory is finite. */
const MAX_MESSAGES = 20_000;
/** Apex waits for 20 seconds. */
const WAIT_MS = 8_000;
const LEASE_MS = 120_000;

export type People = ReturnType<typeof createPeople>;

/** What other features keep of a person. */
export interface PersonElsewhere {
  /** Nobody writes through these while a person is erased. */
  lanes: Pick<LaneAddress, 'purpose' | 'key'>[];
  export(orgId: string, number: string): Promise<PersonCall[]>;
  /** Throws a Problem where it could not be erased. */
  eraseInOrg(orgId: string, number: string, sf: SalesforceClient): Promise<void>;
  erase(tx: Db, orgId: string, number: string): Promise<void>;
}

export interface PersonCall {
  kind: string;
  state: string | null;
  at: Date;
  called: string;
  notes: string;
  parameters: Record<string, string>;
}

/** What is known of a person by phone number: to hand it out, and to erase it (as privacy laws ask for). */
export function createPeople({ db, access, elsewhere }: { db: Db; access: OrgAccess; elsewhere: PersonElsewhere }) {
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
        calls: await elsewhere.export(orgId, number),
        complete: room > 0,
      };
    },

    /**
     * First in the org, then here: when the org cannot be reached nothing is erased, and asking again does the rest. Nothing is written to
     * the org meanwhile, so that a batch that was built before cannot bring anything back.
     */
    async erase(orgId: string, typed: string): Promise<{ conversations: number }> {
      const number = normalise(typed);
      return alone(orgId, async (lease) => {
        const conversationIds = (await findConversationByNumbers(db, orgId, number)).map((conversation) => conversation.id);
        const numbers = await listNumbers(db, orgId);
        const readAs = (typed: string, from: string | undefined) => toAddress(typed, countryOfTyped(numbers, from));
        await inOrg(orgId, async (sf) => {
          await eraseInOrg(sf, { number, conversationIds, readAs });
          await elsewhere.eraseInOrg(orgId, number, sf);
        });
        const conversations = await guarded(db, lease, async (tx) => {
          await elsewhere.erase(tx, orgId, number);
          return erasePerson(tx, orgId, number);
        });
        return { conversations };
      });
    },
  };

  /** Runs `work` while nobody else writes to the org: it holds all of its lanes. */
  async function alone<T>(orgId: string, work: (lease: Lease) => Promise<T>): Promise<T> {
    const leases: Lease[] = [];
    try {
      const own = ORG_LANE_KEYS.map((key) => ({ purpose: ORG_LANE, key }));
      for (const lane of [...own, ...elsewhere.lanes]) leases.push(await claim({ orgId, ...lane }));
      return await work(leases[0] as Lease);
    } finally {
      for (const lease of leases) await releaseLease(db, lease);
    }
  }

  async function claim(lane: LaneAddress): Promise<Lease> {
    for (const end = performance.now() + WAIT_MS; ;) {
      const lease = await claimLane(db, lane, randomUUID(), LEASE_MS);
      if (lease) return lease;
      if (performance.now() > end) break;
      await sleep(100);
    }
    const [hold] = await listHolds(db, lane.orgId, lane.purpose);
    throw unavailable(`${hold?.reason ?? 'Messages are being written to the org at this moment.'} Nothing was erased.`);
  }

  async function inOrg(orgId: string, work: (sf: SalesforceClient) => Promise<void>): Promise<void> {
    await access.call(orgId, work).catch((error: unknown) => {
      const hold = access.heldBy(error);
      if (!hold) throw error;
      throw unavailable(`${hold.reason} Nothing was erased.`, { cause: error });
    });
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
