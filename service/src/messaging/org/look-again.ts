import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { orgsWithRefused, touchRefused } from '../store/refused-looks.ts';

/** Whoever has written in nothing for so long does not need to be found soon; a test of the main user finds them too. */
const WORTH_A_CALL_MS = 24 * 3600_000;

export type LookAgain = ReturnType<typeof createLookAgain>;

/**
 * Looks again for people whom the org refused to look for, without waiting for their next text. The first one who can be looked for brings
 * the others along (see the lane), so that a single one is enough to find out whether rights are in order.
 */
export function createLookAgain(options: { db: Db; clock: Clock; wakeOrg(orgId: string): void }) {
  const { db, clock, wakeOrg } = options;

  async function touch(orgId: string, most?: number): Promise<void> {
    if ((await touchRefused(db, orgId, most)) > 0) wakeOrg(orgId);
  }

  return {
    /** The rights of a connected user were looked at, or what is searched was changed: what was refused before says nothing any more. */
    seen: ({ orgId }: { orgId: string }): Promise<void> => touch(orgId),

    /** In case rights were put in order without a word to us: one conversation for each org that has such. No call where there is none. */
    async sweep(): Promise<void> {
      const since = new Date(clock.now().getTime() - WORTH_A_CALL_MS);
      for (const orgId of await orgsWithRefused(db, since)) await touch(orgId, 1);
    },
  };
}
