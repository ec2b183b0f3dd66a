/** How each fault of a schedule is brought about at the sandbox's peers, and how all of them are taken back. */
import type { FaultRule } from '../../sandbox/control/faults.ts';
import { INITIAL_PASSWORD } from '../../sandbox/salesforce/auth/accounts.ts';
import type { CARRIER_FAULTS, ORG_FAULTS, USER_FAULTS } from './schedule.ts';

type OrgFault = (typeof ORG_FAULTS)[number];
type CarrierFault = (typeof CARRIER_FAULTS)[number];
type UserFault = (typeof USER_FAULTS)[number];

/** Calls of one peer's control surface. */
export type Control = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Submissions that may be under way on one bind: the window of the sandbox's accounts. */
const SMPP_WINDOW = 10;

/** A call that is slowed down this much is still under way after half of it. */
export const MID_BATCH_MS = 800;

const COMPOSITE = { path: '/composite' };
const error = (errorCode: string) => [{ errorCode, message: `fault ${errorCode}` }];

/** Single records that the org refuses, while the rest of the call goes on. */
const REFUSALS = {
  'poison-row': { object: 'Message__c', errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', times: 1 },
  'missing-parent': { object: 'Message__c', errorCode: 'INVALID_CROSS_REFERENCE_KEY', times: 2 },
  'duplicate-external-id': { object: 'Conversation__c', errorCode: 'DUPLICATE_EXTERNAL_ID', times: 1 },
  'record-lock': { object: 'Message__c', errorCode: 'UNABLE_TO_LOCK_ROW', times: 3 },
  'event-refused': { object: 'ConversationChanged__e', errorCode: 'LIMIT_EXCEEDED', times: 2 },
} as const;

const ORG_RULES: Record<
  Exclude<OrgFault, 'org-locked' | 'request-limit' | 'concurrent-limit' | 'dns-failure' | keyof typeof REFUSALS>,
  FaultRule
> = {
  'reply-lost': { match: COMPOSITE, times: 2, action: { drop: 'after' } },
  'cut-before': { match: COMPOSITE, times: 2, action: { drop: 'before' } },
  unavailable: { match: { path: '/services/data' }, times: 3, action: { status: 503, body: error('SERVER_UNAVAILABLE') } },
  'session-storm': { match: { path: '/services/data' }, times: 4, action: { status: 401, body: error('INVALID_SESSION_ID') } },
  'row-lock': { match: COMPOSITE, times: 2, action: { status: 400, body: error('UNABLE_TO_LOCK_ROW') } },
  refused: { match: COMPOSITE, times: 2, action: { status: 400, body: error('JSON_PARSER_ERROR') } },
  slow: { match: { path: '/services/data' }, times: 4, action: { latencyMs: 1_500 } },
  'very-slow': { match: { path: '/services/data' }, times: 2, action: { latencyMs: 5_000 } },
  'token-slow': { match: { path: '/services/oauth2/token' }, times: 3, action: { latencyMs: 1_500 } },
  'token-reply-lost': { match: { path: '/services/oauth2/token' }, times: 1, action: { drop: 'after' } },
};

const isRefusal = (fault: OrgFault): fault is keyof typeof REFUSALS => fault in REFUSALS;

export async function harmOrg(fault: OrgFault, control: Control, everyUser: readonly string[]): Promise<void> {
  if (isRefusal(fault)) await control('POST', '/refusals', REFUSALS[fault]);
  else if (fault === 'dns-failure') throw new Error('the address of the org is not in its hands');
  else if (fault === 'org-locked') await control('POST', '/org', { state: 'locked' });
  else if (fault === 'request-limit') await control('POST', '/limits', { remaining: 0 });
  else if (fault === 'concurrent-limit') await control('POST', '/limits', { concurrent: true });
  else {
    await control('POST', '/faults', ORG_RULES[fault]);
    // Without a session that ran out nobody would ask for a token.
    if (fault === 'token-reply-lost' || fault === 'token-slow')
      for (const user of everyUser) await control('POST', `/users/${user}/expire-session`);
  }
}

const INTEGRATION = 'SwitchboardIntegration';
const FIELD = { object: 'Message__c', field: 'DeliveryStatus__c' };

/** So that what follows hits the users while their calls are under way. */
export async function slowDown(control: Control): Promise<void> {
  await control('POST', '/faults', { match: COMPOSITE, times: 2, action: { latencyMs: MID_BATCH_MS } });
}

export async function harmUser(fault: UserFault, username: string, control: Control): Promise<void> {
  if (fault === 'strip-permission') await control('POST', `/users/${username}/permission-sets`, { remove: [INTEGRATION] });
  else if (fault === 'strip-field') await control('POST', `/users/${username}/fields`, { ...FIELD, read: false, edit: false });
  // To the same password, so that the user can sign in again: what counts is that the grants end.
  else await control('POST', `/users/${username}/${fault}`, fault === 'change-password' ? { password: INITIAL_PASSWORD } : undefined);
}

export async function healOrg(control: Control, users: readonly string[]): Promise<void> {
  await control('DELETE', '/faults');
  await control('DELETE', '/refusals');
  await control('POST', '/org', { state: 'active' });
  await control('POST', '/limits', { remaining: null, concurrent: false });
  for (const username of users) {
    await control('POST', `/users/${username}/activate`);
    await control('POST', `/users/${username}/unlock`);
    await control('POST', `/users/${username}/permission-sets`, { add: [INTEGRATION] });
    await control('POST', `/users/${username}/fields`, { ...FIELD, read: true, edit: true });
  }
}

const SUBMITS = [{ method: 'POST', path: '/Messages.json' }, { path: 'smpp:submit_sm' }];
/** One rule for each carrier; SMPP statuses are ESME_RTHROTTLED, ESME_RMSGQFUL and ESME_RSYSERR. */
const both = (http: FaultRule['action'], smpp: FaultRule['action'], times: number): FaultRule[] => [
  { match: SUBMITS[0], times, action: http },
  { match: SUBMITS[1], times, action: smpp },
];

const CARRIER_RULES: Partial<Record<CarrierFault, FaultRule[]>> = {
  'submit-reply-lost': both({ drop: 'after' }, { drop: 'after' }, 1),
  'submit-cut': both({ drop: 'before' }, { drop: 'before' }, 1),
  throttled: both({ status: 429 }, { status: 0x58 }, 2),
  'queue-full': both({ status: 429 }, { status: 0x14 }, 2),
  'server-error': both({ status: 500 }, { status: 0x08 }, 1),
  'slow-answer': both({ latencyMs: 1_200 }, { latencyMs: 1_200 }, 3),
  'deliver-cut': [{ match: { path: 'smpp:deliver_sm' }, times: 2, action: { drop: 'before' } }],
  'receipts-twice': [{ match: { path: 'smpp:deliver_sm' }, times: 3, action: { drop: 'after' } }],
};
const SMSC_SETTINGS: Partial<Record<CarrierFault, object>> = {
  'receipts-early': { answerDelayMs: 400, receiptDelayMs: 0 },
  'receipts-late': { receiptDelayMs: 2_500 },
  'receipts-other-bind': { receiptDelayMs: 1_000 },
  'receipts-other-spelling': { responseIds: 'hex', receiptIds: 'leading-zeros' },
};
/**
 * When the SMPP carrier hands over again what was refused for now, milliseconds: late enough to tell by the time alone whether a text was handed
 * over once.
 */
export const REDELIVER_MS = 4_000;
const NORMAL_SMSC = {
  redeliverMs: REDELIVER_MS,
  answerDelayMs: 0,
  receiptDelayMs: 300,
  responseIds: 'decimal',
  receiptIds: 'decimal',
  receiptBind: 'same',
};

export const CUTS_THE_LINE: ReadonlySet<CarrierFault> = new Set(['line-cut', 'receipts-other-bind']);

export async function harmCarrier(fault: CarrierFault, control: Control, webhook: (reachable: boolean) => Promise<void>): Promise<void> {
  const rules = CARRIER_RULES[fault];
  const settings = SMSC_SETTINGS[fault];
  if (rules) await control('POST', '/faults', rules);
  if (settings) await control('POST', '/smsc', settings);
  // Receipts of what was sent on this bind are on their way, and come on the next one.
  if (fault === 'receipts-other-bind') await new Promise((resolve) => setTimeout(resolve, 700));
  if (CUTS_THE_LINE.has(fault)) await control('POST', '/smsc/cut');
  if (fault === 'webhook-lost') await webhook(false);
}

/** As the carrier is without a fault. */
export async function settleCarrier(control: Control): Promise<void> {
  await control('POST', '/smsc', NORMAL_SMSC);
}

/** Takes the carriers' faults back and tells how many answers to submissions they have hidden. */
export async function healCarrier(
  control: Control,
  webhook: (reachable: boolean) => Promise<void>,
): Promise<{ twilio: number; smpp: number }> {
  // Counted as they are taken back: one may be applied at the last moment.
  const { items } = (await control('DELETE', '/faults')) as { items: Applied[] };
  await settleCarrier(control);
  await webhook(true);
  return answersHidden(items);
}

/** An item of the control surface's list of faults. */
interface Applied {
  rule: FaultRule;
  applied: number;
}

/**
 * How often the carriers' faults, since they were brought about, have left a submission without its answer. Over SMPP a cut line takes the
 * answers of everything with it that was under way on it.
 */
function answersHidden(items: Applied[]): { twilio: number; smpp: number } {
  const hidden = { twilio: 0, smpp: 0 };
  for (const { rule, applied } of items) {
    const isSmpp = rule.match?.path?.startsWith('smpp:') ?? false;
    const { drop, status, latencyMs } = rule.action;
    if (isSmpp && drop) hidden.smpp += applied * SMPP_WINDOW;
    else if (isSmpp && latencyMs) hidden.smpp += applied;
    else if (!isSmpp && (drop || latencyMs || (status ?? 0) >= 500)) hidden.twilio += applied;
  }
  return hidden;
}
