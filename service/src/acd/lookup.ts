import {
  keyOfAccount,
  keyOfCase,
  keysOfCaller,
  readCaller,
  SearchRefusedError,
  type DiallingRules,
  type LocalDirectory,
} from '../directory/index.ts';
import { sleep } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { createSingleFlight } from '../platform/single-flight.ts';
import { answerOf, type Answer, type How } from './answer.ts';
import { createLookAround, type Hit } from './around.ts';
import { customObjectsOf, type Definition, type Lookup } from './definition.ts';
import { whyClosed } from './hours.ts';
import { TooManySearchesError, type Live } from './live.ts';
import { rank } from './rank.ts';

export interface Question {
  orgId: string;
  /** Origin of the org's pages. */
  orgUrl: string;
  /** Caller's number, as the phone system sent it. */
  caller: string;
  /** What the caller typed in. They count before the number, a case before an account. */
  caseNumber: string;
  accountNumber: string;
  rules: DiallingRules;
  lookup: Lookup;
  /** False: nobody has connected look-ups to the org, and only default routes are answered. */
  isOn: boolean;
  /** By the monotonic clock, milliseconds: the deadline counts from here. */
  began: number;
  at: Date;
}

/** As phone systems write most numbers. */
const E164 = /^\+[1-9]\d{7,14}$/;

/** What a search ended with; `otherwise` says why nobody was found. */
interface Outcome {
  hits: Hit[];
  source: 'index' | 'live';
  stale: boolean;
  otherwise: string;
}

export type Lookups = ReturnType<typeof createLookups>;

/**
 * Answers who calls and whom to ring: from the local directory, on a miss by one search in the org, and with the default route when neither
 * has answered before the deadline. Equal questions at the same time are one. Never throws.
 */
export function createLookups({ live, local, logger }: { live: Live; local: LocalDirectory; logger: Logger }) {
  const once = createSingleFlight<Answer>();
  const lookAround = createLookAround(local);

  /** Without waiting for anybody: a caller who is in memory with all that belongs to the answer. Undefined for all else. */
  function answerAtOnce({ orgId, orgUrl, caller: text, caseNumber, accountNumber, rules, lookup, isOn, at }: Question): Answer | undefined {
    if (!isOn || caseNumber !== '' || accountNumber !== '') return undefined;
    const { definition } = lookup;
    // A whole number that is kept needs no reading.
    const caller = E164.test(text) ? undefined : readCaller(text, rules);
    const tiers = caller ? keysOfCaller(caller) : E164.test(text) ? [[text]] : [];
    for (const keys of tiers) {
      const known = local.known.byKeys(orgId, keys);
      const matches = known && lookAround.known(orgId, known.value);
      if (!matches) return undefined;
      const ranked = rank(matches, definition);
      if (ranked.length === 0) continue;
      const closed = whyClosed(definition.hours, at, local.timeZoneOf(orgId));
      return answerOf(ranked, definition, { source: 'index', stale: known.stale || local.isBehind(orgId), otherwise: '', closed, orgUrl });
    }
    return undefined;
  }

  async function answer(question: Question): Promise<Answer> {
    const { orgId, orgUrl, lookup, began, at } = question;
    const { definition } = lookup;
    const closed = whyClosed(definition.hours, at, local.timeZoneOf(orgId));
    const fallback = (otherwise: string) => answerOf([], definition, { source: 'fallback', stale: true, otherwise, closed, orgUrl });
    if (!question.isOn) return fallback('Look-ups are not connected to the org.');
    const over = new AbortController();
    const deadline = sleep(Math.max(0, began + definition.deadlineMs - performance.now()), over.signal).then(() =>
      fallback('No answer was there before the deadline.'),
    );
    const searched = search(question, { closed, orgUrl }).catch((error: unknown) => {
      // The default route is an answer; what kept us from a better one is the operator's to know. Numbers are in no message of these errors.
      logger.warn({ org: orgId, err: error }, 'a look-up was answered with its default route');
      return fallback(whyFailed(error));
    });
    return Promise.race([searched, deadline]).finally(() => over.abort());
  }

  async function search(question: Question, how: Pick<How, 'closed' | 'orgUrl'>): Promise<Answer> {
    const { orgId, lookup } = question;
    const { caseNumber, accountNumber } = question;
    const answerWith = async ({ hits, ...rest }: Outcome, objects: readonly string[]) => {
      const wanted = { ...lookup.definition, objects } as Definition;
      return answerOf(rank(await lookAround.of(orgId, hits), wanted), wanted, { ...rest, ...how });
    };
    if (caseNumber !== '') {
      const byCase = await answerWith(await findCase(orgId, caseNumber), ['Case']);
      if (byCase.matched) return byCase;
    }
    if (accountNumber !== '') {
      const byAccount = await answerWith(await findAccount(orgId, accountNumber), ['Account']);
      if (byAccount.matched) return byAccount;
    }
    return byCaller(question, (outcome) => answerWith(outcome, lookup.definition.objects));
  }

  /** From the strongest tier of keys in which the look-up finds somebody it wants. */
  async function byCaller(
    { orgId, caller: text, rules, lookup }: Question,
    answerWith: (outcome: Outcome) => Promise<Answer>,
  ): Promise<Answer> {
    const caller = readCaller(text, rules);
    const nobody = (otherwise: string) => answerWith({ hits: [], source: 'index', stale: false, otherwise });
    if (!caller) return nobody(text === '' ? 'No number was given.' : 'The caller is no number.');
    if (caller.kind === 'withheld') return nobody('The caller’s number is withheld.');
    for (const keys of keysOfCaller(caller)) {
      const known = await answerWith({ ...(await fromDirectory(orgId, keys)), otherwise: '' });
      if (known.matched) return known;
    }
    if (caller.kind !== 'number') return nobody(caller.kind === 'address' ? 'Nobody has this address.' : 'Nobody has this number.');
    const hits = await live.byNumber(orgId, caller.e164, local.countryOf(orgId), customObjectsOf(lookup.definition).toSorted());
    return answerWith({ hits, source: 'live', stale: false, otherwise: 'Nobody in the org has this number.' });
  }

  async function fromDirectory(orgId: string, keys: readonly string[]): Promise<Pick<Outcome, 'hits' | 'source' | 'stale'>> {
    const { value, stale } = await local.findByKeys(orgId, keys);
    return { hits: value, source: 'index', stale: stale || local.isBehind(orgId) };
  }

  async function findCase(orgId: string, caseNumber: string): Promise<Outcome> {
    const key = keyOfCase(caseNumber);
    const otherwise = 'No case has this number.';
    if (key === undefined) return { hits: [], source: 'index', stale: false, otherwise };
    const known = await fromDirectory(orgId, [key]);
    if (known.hits.length > 0) return { ...known, otherwise };
    return { hits: await live.byCaseNumber(orgId, key.slice('case:'.length)), source: 'live', stale: false, otherwise };
  }

  async function findAccount(orgId: string, accountNumber: string): Promise<Outcome> {
    const key = keyOfAccount(accountNumber);
    const otherwise = 'No account has this number.';
    return key === undefined
      ? { hits: [], source: 'index', stale: false, otherwise }
      : { ...(await fromDirectory(orgId, [key])), otherwise };
  }

  return {
    ask: (question: Question): Promise<Answer> => {
      const quick = answerAtOnce(question);
      if (quick) return Promise.resolve(quick);
      const { orgId, caller, caseNumber, accountNumber, rules, lookup, isOn } = question;
      return once(JSON.stringify([orgId, isOn, lookup, rules, caller, caseNumber, accountNumber]), () => answer(question));
    },
  };
}

function whyFailed(error: unknown): string {
  if (error instanceof SearchRefusedError) return 'The org refused the search.';
  if (error instanceof TooManySearchesError) return 'Too many searches of the org are under way.';
  return 'Neither the directory nor the org could be asked.';
}
