import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { formatNumber } from '../../platform/phone.ts';
import type { CallAccess } from './lane.ts';
import { claimPops } from './store.ts';
import type { CallRecord } from './types.ts';

/** After that the agent has long been talking. */
const FRESH_MS = 60_000;
const NOTIFICATION = 'Switchboard_Call';
const EVENT = 'CallTaken__e';

/** A call that was just written; `salesforceId`: its task. */
type ShownCall = CallRecord & { salesforceId: string | null };

/**
 * Shows a call to the agent who took it: the event opens the record in Lightning, the notification tells those who look elsewhere. Once for each
 * call; a screen that does not change is not worth telling it a second time.
 */
export function createScreenPops({ db, clock, logger, access }: { db: Db; clock: Clock; logger: Logger; access: CallAccess }) {
  return {
    /** Of these calls those that are to be shown, with their agent. */
    of: (calls: readonly ShownCall[]): ShownCall[] =>
      calls.filter(
        ({ state, takerId, poppedAt, stateAt }) => state === 'answered' && takerId !== null && poppedAt === null && isFresh(stateAt),
      ),
    /** Never throws: the call itself is in the org. */
    async show(orgId: string, calls: readonly ShownCall[]): Promise<void> {
      if (calls.length === 0) return;
      try {
        const mine = await claimPops(
          db,
          orgId,
          calls.map(({ id }) => id),
        );
        const shown = calls.filter(({ id }) => mine.has(id));
        if (shown.length === 0) return;
        await access.call(orgId, (sf) =>
          sf.publish(
            EVENT,
            shown.map(({ id, takerId, recordId }) => ({ CallId__c: id, UserId__c: takerId, RecordId__c: recordId })),
          ),
        );
        await access.call(orgId, (sf) => sf.sendNotifications(NOTIFICATION, shown.map(toNotification)));
      } catch (error) {
        logger.warn({ org: orgId, why: messageOf(error) }, 'a call could not be shown to the agent who took it');
      }
    },
  };

  function isFresh(at: Date): boolean {
    return clock.now().getTime() - at.getTime() < FRESH_MS;
  }
}

function toNotification({ who, caller, takerId, recordId, salesforceId }: ShownCall) {
  const number = caller === '' ? 'Number withheld' : formatNumber(caller);
  return {
    title: `Call from ${who ?? number}`,
    body: who === null ? 'Nobody in the org has this number.' : number,
    recipientIds: [takerId as string],
    // A notification has to lead somewhere: where nobody is known, to the call itself.
    targetId: recordId ?? salesforceId ?? (takerId as string),
  };
}
