import { PubSubError, type PubSubFault } from '../gateways/salesforce/index.ts';
import { messageOf } from '../platform/errors.ts';

/** Whose fault lasts is asked again after this long; a passing one after seconds. */
const LASTING_MS = 10 * 60_000;
const FIRST_MS = 500;
const LAST_MS = 60_000;

const REASONS: Record<PubSubFault, string> = {
  unauthenticated: 'Salesforce’s Pub/Sub API does not accept the main user, although the org does.',
  'replay-gone': 'Salesforce does not keep the events any more that come next.',
  allocation: 'The org has used up its deliveries of change events for 24 hours.',
  'topic-missing': 'The org has no channel SwitchboardDirectory__chn, or the main user may not receive it (View All Data).',
  off: 'The service knows no address of the Pub/Sub API.',
  unavailable: 'Salesforce’s Pub/Sub API cannot be reached.',
};

/**
 * What to tell about an error, and how long to leave the org alone after so many tries in a row. `wasOpen`: it ended a stream that had been let in,
 * so that another user, or the same one with a new token, may be let in at once.
 */
export function judge(error: unknown, tries: number, wasOpen: boolean): { reason: string; code: string; waitMs: number } {
  const soon = Math.min(LAST_MS, FIRST_MS * 2 ** tries);
  if (!(error instanceof PubSubError)) return { reason: messageOf(error), code: 'failed', waitMs: Math.max(soon, 2_000) };
  const isPassing = error.fault === 'unavailable' || error.fault === 'replay-gone' || (wasOpen && error.fault === 'unauthenticated');
  return { reason: `${REASONS[error.fault]} (${error.code})`, code: error.code, waitMs: isPassing ? soon : LASTING_MS };
}
