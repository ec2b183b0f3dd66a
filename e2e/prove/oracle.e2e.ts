/** The oracle can see: each broken promise, planted alone into facts that keep all of them, is told. */
import { describe, expect, it } from 'vitest';
import type { Facts } from './facts.ts';
import { broken } from './oracle.ts';
import type { Step } from './schedule.ts';

const PHONE = '+14152000010';
const OURS = '+14155550100';
const REVOKED: Step = { at: 0, do: 'user', fault: 'revoke', who: 'main', midBatch: false };
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

const POISON: Step = { at: 0, do: 'org', fault: 'poison-row' };
const CUT_LINE = { what: 'carrier line-cut', from: 20, to: 21, carrier: 'twilio' as const };
const PARKED = { row: 1, kind: 'message', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', reason: '', since: '' };

/** A question and two answers, as they should be on all sides. */
const whole = (): { -readonly [Name in keyof Facts]: Facts[Name] } => ({
  handed: [
    { direction: 'inbound', body: 'question', phone: PHONE, ours: OURS, ids: [], sentAt: 1, acceptedAt: 2 },
    { direction: 'outbound', body: 'first', phone: PHONE, ours: OURS, id: 'm-2', ids: ['m-2', 'm-2'], sentAt: 3, acceptedAt: 5 },
    { direction: 'outbound', body: 'second', phone: PHONE, ours: OURS, id: 'm-3', ids: ['m-3'], sentAt: 4, acceptedAt: 6 },
  ],
  org: [row('question', 1, { direction: 'Inbound', sent: 'Received', delivery: '' }), row('first', 2), row('second', 3)],
  phones: new Map([[`${PHONE} ${OURS}`, ['first', 'second']]]),
  moves: [
    { id: 'm-2', from: 'queued', to: 'sending', at: 10 },
    { id: 'm-2', from: 'sending', to: 'unknown', at: 30 },
    { id: 'm-2', from: 'unknown', to: 'sent', at: 40 },
    { id: 'm-2', from: 'sent', to: 'delivered', at: 50 },
    { id: 'm-3', from: 'sending', to: 'queued', at: 60 }, // the carrier asked for patience
  ],
  doubledParts: new Map(),
  stopped: new Map(),
  stops: new Map(),
  stopTaken: new Map(),
  outages: [],
  hidden: { twilio: 1, smpp: 0 },
  helps: [],
  parked: [],
  crashes: [],
  replayed: 0,
  switches: [],
  deaths: [],
  waiting: 0,
  held: 0,
});

const onPhone = (...texts: string[]) => new Map([[`${PHONE} ${OURS}`, texts]]);

const OUR_SMPP = '+447700900100';
const CUT_AGAIN: Step = { at: 0, do: 'carrier', fault: 'line-cut' };

/** Two texts of one phone that the carrier had under way together. */
function twoQuestions({
  swapped = false,
  ours = OUR_SMPP,
  acceptedAt = 8,
}: {
  swapped?: boolean;
  ours?: string;
  acceptedAt?: number;
}): Facts {
  const text = (body: string, begunAt: number, acceptedAt: number) =>
    ({ direction: 'inbound', body, phone: PHONE, ours, ids: [], sentAt: 1, begunAt, acceptedAt }) as const;
  const place = (body: string, sequence: number) => row(body, sequence, { ours, direction: 'Inbound', sent: 'Received', delivery: '' });
  const org = swapped ? [place('two', 1), place('one', 2)] : [place('one', 1), place('two', 2)];
  return {
    ...whole(),
    handed: [text('one', 2, acceptedAt), text('two', 3, 9)].map((each) => ({ ...each, ids: [] })),
    org,
    phones: new Map(),
    moves: [],
  };
}

describe('the oracle', () => {
  it('finds nothing where every promise was kept', () => {
    expect(broken(whole(), [])).toEqual([]);
    expect(broken({ ...whole(), switches: [{ from: 'admin', cause: 'revoked' }] }, [REVOKED])).toEqual([]);
    expect(broken({ ...whole(), replayed: 1 }, [LOST_TOKEN])).toEqual([]);
    expect(broken({ ...whole(), parked: [PARKED] }, [POISON])).toEqual([]);
  });

  it('takes an outage during the submission for a reason of a doubt', () => {
    expect(broken({ ...whole(), hidden: { twilio: 0, smpp: 0 }, outages: [CUT_LINE] }, [])).toEqual([]);
  });

  it('lets an answer fail after a STOP, and refuses the next one', () => {
    const org = [...whole().org.slice(0, 2), row('second', 3, { sent: 'Failed', delivery: '' })];
    const moves = [...whole().moves, { id: 'm-3', from: 'queued', to: 'failed', at: 70 }];
    expect(broken({ ...whole(), org, moves, phones: onPhone('first'), stopped: new Map([[PHONE, 65]]) }, [])).toEqual([]);
    const handed = [...whole().handed, { ...whole().handed[2]!, body: 'third', ids: [], refused: 'opted_out', sentAt: 80 }];
    expect(broken({ ...whole(), handed, stopped: new Map([[PHONE, 65]]) }, [])).toEqual([]);
    // Copies of one request: one came before the STOP, one after it, and nothing was sent.
    const copies = [...whole().handed.slice(0, 2), { ...whole().handed[2]!, refused: 'opted_out' }];
    const never = [...whole().moves.filter(({ id }) => id !== 'm-3'), { id: 'm-3', from: 'queued', to: 'failed', at: 70 }];
    const once = { org, handed: copies, phones: onPhone('first'), stopped: new Map([[PHONE, 65]]) };
    expect(broken({ ...whole(), ...once, moves: never }, [])).toEqual([]);
    expect(broken({ ...whole(), ...once, moves }, [])).toContainEqual(expect.stringContaining('was refused'));
  });

  it('judges the order of texts over SMPP only where nothing made the carrier hand them over again', () => {
    expect(broken(twoQuestions({}), [])).toEqual([]);
    expect(broken(twoQuestions({ swapped: true }), [CUT_AGAIN])).toEqual([]);
    expect(broken({ ...twoQuestions({ swapped: true }), outages: [{ what: 'database away', from: 5, to: 6 }] }, [])).toEqual([]);
    expect(broken(twoQuestions({ swapped: true, acceptedAt: 4_500 }), [])).toEqual([]); // refused for now at first
    expect(broken(twoQuestions({ swapped: true, ours: OURS }), [])).toEqual([]); // webhooks that were under way together
  });

  it('lets a text that nobody knows about be on the phone or not', () => {
    const org = [...whole().org.slice(0, 2), row('second', 3, { sent: 'Unknown', delivery: '' })];
    expect(broken({ ...whole(), org }, [])).toEqual([]);
    expect(broken({ ...whole(), org, phones: onPhone('first') }, [])).toEqual([]);
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
    ['a status that went back', { moves: [{ id: 'm-2', from: 'delivered', to: 'sent', at: 1 }] }, /from delivered back to sent/],
    [
      'a status that changed after its end',
      { moves: [{ id: 'm-2', from: 'delivered', to: 'failed', at: 1 }] },
      /from delivered back to failed/,
    ],
    ['a switch without a reason', { switches: [{ from: 'admin', cause: 'slow' }] }, /1 switches with a reason for 0: slow/],
    [
      'a text in doubt without a reason',
      { hidden: { twilio: 0, smpp: 0 } },
      /1 texts \(first\) were in doubt without a reason: 0 answers of twilio/,
    ],
    [
      'a text in doubt for which only the other carrier hid an answer',
      { hidden: { twilio: 0, smpp: 10 } },
      /1 texts \(first\) were in doubt without a reason/,
    ],
    [
      'one text in doubt more than answers were hidden',
      { moves: [...whole().moves, { id: 'm-3', from: 'sending', to: 'unknown', at: 70 }] },
      /2 texts \(first, second\) were in doubt without a reason: 1 answers/,
    ],
    [
      'a text in doubt after an outage that was over before it was sent',
      { hidden: { twilio: 0, smpp: 0 }, outages: [{ ...CUT_LINE, from: 5, to: 9 }] },
      /in doubt without a reason/,
    ],
    [
      'a text in doubt during an outage of the other carrier',
      { hidden: { twilio: 0, smpp: 0 }, outages: [{ ...CUT_LINE, carrier: 'smpp' }] },
      /in doubt without a reason/,
    ],
    [
      'an answer that failed without a reason',
      { org: [...whole().org.slice(0, 2), row('second', 3, { sent: 'Failed', delivery: '' })], phones: onPhone('first') },
      /"second" failed without a reason/,
    ],
    [
      'an answer that failed before the STOP',
      {
        org: [...whole().org.slice(0, 2), row('second', 3, { sent: 'Failed', delivery: '' })],
        phones: onPhone('first'),
        moves: [...whole().moves, { id: 'm-3', from: 'queued', to: 'failed', at: 70 }],
        stopped: new Map([[PHONE, 75]]),
      },
      /"second" failed without a reason/,
    ],
    [
      'an answer that came and is called undelivered',
      { org: [...whole().org.slice(0, 2), row('second', 3, { delivery: 'Undelivered' })] },
      /"second" is Sent\/Undelivered without a reason/,
    ],
    [
      'an answer that was refused although nobody said STOP',
      { handed: [...whole().handed, { ...whole().handed[2]!, body: 'third', ids: [], refused: 'opted_out' }] },
      /"third" was refused \(opted_out\) without a reason/,
    ],
    [
      'a question that stands behind an answer that was given later',
      { org: [row('first', 1), row('question', 2, { direction: 'Inbound', sent: 'Received', delivery: '' }), row('second', 3)] },
      /the org is out of order: "question" came before "first"/,
    ],
    ['two texts over SMPP in the wrong order', twoQuestions({ swapped: true }), /the org is out of order: "one" came before "two"/],
    [
      'two texts over SMPP of which the second one was stored and accepted first',
      twoQuestions({ swapped: true, acceptedAt: 12 }),
      /the org is out of order: "one" came before "two"/,
    ],
    [
      'a text that stands in another customer’s conversation',
      {
        org: [row('question', 1, { direction: 'Inbound', sent: 'Received', delivery: '', phone: '+14152000099' }), ...whole().org.slice(1)],
      },
      /"question" stands in another conversation/,
    ],
    [
      'a text that stands on the wrong side',
      { org: [row('question', 1), ...whole().org.slice(1)] },
      /"question" stands in another conversation, or on its other side/,
    ],
    [
      'a row that nobody handed over',
      { org: [...whole().org, row('half of it', 4)] },
      /"half of it" is in the org and nobody handed it over/,
    ],
    [
      'an answer that came to another phone as well',
      { phones: new Map([...onPhone('first', 'second'), [`+14152000099 ${OURS}`, ['first']]]) },
      /\+14152000099 .*: "first" was received and not sent there/,
    ],
    ['a part of a long text that came twice', { doubledParts: new Map([[PHONE, 1]]) }, /1 parts of long texts were received twice/],
    ['a STOP that is lost', { stops: new Map([[PHONE, 1]]) }, /STOP of one phone is 0 times in the org and was sent 1 times/],
    [
      'a STOP that is doubled',
      {
        stops: new Map([[PHONE, 1]]),
        org: [...whole().org, ...[4, 5].map((place) => row('STOP', place, { direction: 'Inbound', sent: 'Received', delivery: '' }))],
      },
      /STOP of one phone is 2 times in the org/,
    ],
    [
      'an answer that was sent after a STOP',
      { stopTaken: new Map([[PHONE, 65]]), moves: [...whole().moves, { id: 'm-3', from: 'queued', to: 'sending', at: 300 }] },
      /"second" was sent after a STOP/,
    ],
    ['a row that was parked without a reason', { parked: [PARKED] }, /a message row was parked without a reason: FIELD_CUSTOM/],
    ['a process that ended by itself', { deaths: ['process 0 ended by itself (7)'] }, /ended by itself/],
    ['a token family that was replayed', { replayed: 1 }, /old token came again/],
    ['a row that was never released', { waiting: 1 }, /1 rows still wait/],
    ['a lane that is still held', { held: 1 }, /1 lanes are still held/],
  ];
  it('tells of a parked row that its fault does not explain, and of one more than it explains', () => {
    const told = /^a message row was parked without a reason/;
    expect(broken({ ...whole(), parked: [{ ...PARKED, code: 'PARENT_MISSING' }] }, [POISON])).toEqual([expect.stringMatching(told)]);
    expect(broken({ ...whole(), parked: [PARKED, { ...PARKED, row: 2 }] }, [POISON])).toEqual([expect.stringMatching(told)]);
  });

  it.each(plants)('tells of %s', (_what, facts, told) => {
    const found = broken({ ...whole(), ...facts }, []);
    expect(found.some((sentence) => told.test(sentence))).toBe(true);
  });
});
