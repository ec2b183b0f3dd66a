/** The oracle can see: each broken promise, planted alone into facts that keep all of them, is told. */
import { describe, expect, it } from 'vitest';
import { broken, type Facts } from './oracle.ts';
import type { Step } from './schedule.ts';

const PHONE = '+14152000010';
const OURS = '+14155550100';
const REVOKED: Step = { at: 0, do: 'user', fault: 'revoke', who: 'main', midBatch: false };
const CUT: Step = { at: 0, do: 'carrier', fault: 'submit-cut' };
const LOST_TOKEN: Step = { at: 0, do: 'org', fault: 'token-reply-lost' };

const row = (body: string, sequence: number, more: object = {}) => ({
  body,
  sequence,
  phone: PHONE,
  ours: OURS,
  direction: 'Outbound',
  sent: 'Sent',
  delivery: 'Delivered',
  externalId: `m-${sequence}`,
  ...more,
});

/** A question and two answers, as they should be on all sides. */
const whole = (): { -readonly [Name in keyof Facts]: Facts[Name] } => ({
  handed: [
    { direction: 'inbound', body: 'question', phone: PHONE, ours: OURS, ids: [] },
    { direction: 'outbound', body: 'first', phone: PHONE, ours: OURS, id: 'm-2', ids: ['m-2', 'm-2'] },
    { direction: 'outbound', body: 'second', phone: PHONE, ours: OURS, id: 'm-3', ids: ['m-3'] },
  ],
  org: [row('question', 1, { direction: 'Inbound', sent: 'Received', delivery: '' }), row('first', 2), row('second', 3)],
  phones: new Map([[`${PHONE} ${OURS}`, ['first', 'second']]]),
  moves: [
    { id: 'm-2', from: 'queued', to: 'sending' },
    { id: 'm-2', from: 'sending', to: 'unknown' },
    { id: 'm-2', from: 'unknown', to: 'sent' },
    { id: 'm-2', from: 'sent', to: 'delivered' },
    { id: 'm-3', from: 'sending', to: 'queued' }, // the carrier asked for patience
  ],
  replayed: 0,
  switches: [],
  deaths: [],
  waiting: 0,
  held: 0,
});

const onPhone = (...texts: string[]) => new Map([[`${PHONE} ${OURS}`, texts]]);

describe('the oracle', () => {
  it('finds nothing where every promise was kept', () => {
    expect(broken(whole(), [CUT])).toEqual([]);
    expect(broken({ ...whole(), switches: [{ from: 'admin', cause: 'revoked' }] }, [REVOKED, CUT])).toEqual([]);
    expect(broken({ ...whole(), replayed: 1 }, [LOST_TOKEN, CUT])).toEqual([]);
  });

  it('lets a text that nobody knows about be on the phone or not', () => {
    const org = [...whole().org.slice(0, 2), row('second', 3, { sent: 'Unknown', delivery: '' })];
    expect(broken({ ...whole(), org }, [CUT])).toEqual([]);
    expect(broken({ ...whole(), org, phones: onPhone('first') }, [CUT])).toEqual([]);
  });

  const plants: [what: string, facts: Partial<Facts>, told: RegExp][] = [
    ['a customer’s text that is lost', { org: whole().org.slice(1) }, /inbound "question" is 0 times/],
    ['a customer’s text that is doubled', { org: [...whole().org, row('question', 4)] }, /inbound "question" is 2 times/],
    ['an answer that is lost in the org', { org: whole().org.slice(0, 2) }, /outbound "second" is 0 times in the org/],
    ['an answer that is doubled on the phone', { phones: onPhone('first', 'first', 'second') }, /came 2 times/],
    ['an answer called sent that never came', { phones: onPhone('first') }, /"second" is Sent\/Delivered and came 0 times/],
    [
      'an answer called failed that came',
      { org: [...whole().org.slice(0, 2), row('second', 3, { sent: 'Failed' })] },
      /"second" is Failed.* came 1 times/,
    ],
    [
      'an answer that is unknown and came twice',
      { org: [...whole().org.slice(0, 2), row('second', 3, { sent: 'Unknown' })], phones: onPhone('first', 'second', 'second') },
      /"second" is Unknown.* came 2 times/,
    ],
    ['an answer that still waits', { org: [...whole().org.slice(0, 2), row('second', 3, { sent: 'Queued' })] }, /ended as Queued/],
    [
      'one key with two messages',
      { handed: [...whole().handed.slice(0, 2), { ...whole().handed[2]!, ids: ['m-3', 'm-4'] }] },
      /2 ids under one key/,
    ],
    [
      'a refused answer that was sent',
      { handed: [...whole().handed.slice(0, 2), { ...whole().handed[2]!, refused: 'opted_out' }] },
      /was refused/,
    ],
    ['answers in the wrong order', { phones: onPhone('second', 'first') }, /out of order/],
    ['one number for two messages', { org: [...whole().org.slice(0, 2), row('second', 2)] }, /one number in the thread/],
    ['a status that went back', { moves: [{ id: 'm-2', from: 'delivered', to: 'sent' }] }, /from delivered back to sent/],
    ['a status that changed after its end', { moves: [{ id: 'm-2', from: 'delivered', to: 'failed' }] }, /from delivered back to failed/],
    ['a switch without a reason', { switches: [{ from: 'admin', cause: 'slow' }] }, /1 switches with a reason for 0: slow/],
    ['a text in doubt without a reason', {}, /1 texts were in doubt without a reason/],
    ['a process that ended by itself', { deaths: ['process 0 ended by itself (7)'] }, /ended by itself/],
    ['a token family that was replayed', { replayed: 1 }, /old token came again/],
    ['a row that was never released', { waiting: 1 }, /1 rows still wait/],
    ['a lane that is still held', { held: 1 }, /1 lanes are still held/],
  ];
  it.each(plants)('tells of %s', (_what, facts, told) => {
    const found = broken({ ...whole(), ...facts }, []);
    expect(found.some((sentence) => told.test(sentence))).toBe(true);
  });
});
