import { randomUUID } from 'node:crypto';
import { isRecordId } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { invalidRequest, notFound } from '../platform/errors.ts';
import { enqueue } from '../platform/lanes/outbox.ts';
import { toAddress } from '../platform/phone.ts';
import { accountRemoved, invalidNumber, messageSettled, pictureTooLarge } from './errors.ts';
import { createSend, refusal, type SendRequest } from './send.ts';
import { keepAccount, listNumbers } from './store/accounts.ts';
import { markRead } from './store/conversations.ts';
import { changeStatuses, findMessages } from './store/messages.ts';
import { saveOptOut } from './store/opt-outs.ts';
import { readMediaContent } from './store/media.ts';
import { CARRIER_LANE, ORG_LANE, ORG_LANE_KEYS, type OptOut } from './types.ts';

/**
 * Apex holds the answer, a third larger as base64, twice: as it came and as the value that it reads from it. Both must fit with room to
 * spare into the 6 MB of heap that a transaction has; what exceeds them ends it, and nothing can catch that.
 */
const MAX_PICTURE = 1.5 * 1024 * 1024;
const toMegabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);

export interface MessagingOptions {
  db: Db;
  clock: Clock;
  wake(lane: { orgId: string; purpose: string; key: string }): void;
}

export type Messaging = ReturnType<typeof createMessaging>;

/** The verbs that people and Apex use. */
export function createMessaging({ db, clock, wake }: MessagingOptions) {
  const accept = createSend({ db, clock, wake });
  /** As `createSend`, for what a route, a Flow or a left-behind row asks for. Also invalid_request, for a record id that cannot be one. */
  const send: typeof accept = async (orgId, userId, key, request) => {
    if (request.recordId !== undefined && !isRecordId(request.recordId))
      throw invalidRequest('The record id is not one of Salesforce’s.', {
        errors: [{ field: 'recordId', message: 'is not a Salesforce id of 15 or 18 characters' }],
      });
    return accept(orgId, userId, key, request);
  };
  const wakeOrg = (orgId: string) => {
    for (const key of ORG_LANE_KEYS) wake({ orgId, purpose: ORG_LANE, key });
  };

  return {
    send,

    /** Each message stands for itself: a refused one does not keep the others back. */
    async sendBatch(orgId: string, userId: string | undefined, messages: (SendRequest & { key: string })[]) {
      const items: { key: string; id?: string; status: 'queued' | 'rejected'; code?: string; error?: string }[] = [];
      for (const { key, ...request } of messages) {
        try {
          const accepted = await send(orgId, userId, key, request);
          items.push({ key, id: accepted.id, status: 'queued' });
        } catch (error) {
          items.push({ key, ...refusal(error) });
        }
      }
      return items;
    },

    /** Settles a message whose outcome nobody knows, by a person's word. *resend* may reach the phone twice; that is the person's choice. */
    async resolveUnknown(orgId: string, id: string, outcome: 'sent' | 'failed' | 'resend', reason: string): Promise<void> {
      const [message] = await findMessages(db, orgId, [id]);
      if (!message || message.direction !== 'outbound') throw notFound('There is no such message.');
      if (outcome === 'resend' && message.erased) throw messageSettled('Its text was erased when its time was over. Write it anew.');
      const moved = await db.transaction().execute(async (tx) => {
        if (outcome === 'resend' && !(await keepAccount(tx, orgId, message.accountId)))
          throw accountRemoved('Nobody would send it. Say whether it was sent, and write it anew if it was not.');
        const status = outcome === 'resend' ? 'queued' : outcome;
        const settled = await changeStatuses(tx, [
          {
            orgId,
            id,
            status,
            from: ['unknown'],
            accepted: outcome === 'sent',
            errorCode: outcome === 'failed' ? 'settled_by_admin' : null,
            errorText: outcome === 'failed' ? reason : null,
          },
        ]);
        if (settled.length > 0 && outcome === 'resend') {
          await enqueue(tx, [{ orgId, purpose: CARRIER_LANE, key: message.accountId, subjectKind: 'message', subjectId: id }]);
        }
        return settled;
      });
      if (moved.length === 0) throw messageSettled('Only a message whose outcome is unknown can be settled by hand.');
      wake({ orgId, purpose: CARRIER_LANE, key: message.accountId });
      wakeOrg(orgId);
    },

    async markRead(orgId: string, conversationId: string): Promise<void> {
      if (!(await markRead(db, orgId, conversationId))) throw notFound('There is no such conversation.');
      wakeOrg(orgId);
    },

    async readMedia(orgId: string, id: string): Promise<{ contentType: string; fileName: string; data: string }> {
      const media = await readMediaContent(db, orgId, id);
      if (!media) throw notFound('There is no such picture, or it has not been fetched yet.');
      if (media.content.byteLength > MAX_PICTURE)
        throw pictureTooLarge(
          `The file has ${toMegabytes(media.content.byteLength)} MB; Salesforce takes up to ${toMegabytes(MAX_PICTURE)} MB.`,
        );
      return { contentType: media.contentType, fileName: media.fileName, data: Buffer.from(media.content).toString('base64') };
    },

    async setOptOut(
      orgId: string,
      userId: string | undefined,
      change: { number: string; state: OptOut['state']; reason: string },
    ): Promise<OptOut> {
      const numbers = await listNumbers(db, orgId);
      const country = numbers.find((number) => number.isDefault)?.country ?? numbers[0]?.country ?? 'US';
      const number = toAddress(change.number, country);
      if (!number)
        throw invalidNumber('This cannot be a phone number.', { errors: [{ field: 'number', message: 'is not a phone number' }] });
      const saved = await saveOptOut(db, orgId, {
        id: randomUUID(),
        number,
        state: change.state,
        kind: 'manual',
        keyword: null,
        reason: change.reason,
        changedAt: clock.now(),
        changedBy: userId ?? null,
      });
      wakeOrg(orgId);
      return saved;
    },
  };
}
