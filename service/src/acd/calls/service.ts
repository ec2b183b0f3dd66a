import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { readCaller, type DiallingRules } from '../../directory/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { invalidRequest, notFound } from '../../platform/errors.ts';
import { discardParked, listParked, retryParked } from '../../platform/lanes/parked.ts';
import { enqueue, type LaneAddress } from '../../platform/lanes/outbox.ts';
import { formatNumber } from '../../platform/phone.ts';
import { addParameters, findCalls, findIvr, findLike, findOfCaller, saveCall, saveIvr, takeIvr } from './store.ts';
import { CALL_LANE, CALL_LANE_KEY, type CallReport } from './types.ts';

/** A request without a key that says the same as one before is a repetition for so long. */
const REPEATED_MS = 5 * 60_000;
/** What a caller told an IVR belongs to a call record that comes within this time, before or after it. */
const IVR_MS = 3600_000;
const PAGE = 50;

export type Calls = ReturnType<typeof createCalls>;

export interface CallsOptions {
  db: Db;
  clock: Clock;
  /** How numbers are written by a phone system (our id). */
  rulesFor: (orgId: string, pbx: string | undefined) => Promise<DiallingRules>;
  wake: (lane: LaneAddress) => void;
}

/** A report as it comes in: numbers as the phone system writes them. */
export type RawReport = Omit<CallReport, 'pbx'> & { pbx: string | undefined };

/** What phone systems report of calls, and ask to be done about them. It is stored before it is answered, and reaches the org through a lane. */
export function createCalls({ db, clock, rulesFor, wake }: CallsOptions) {
  const since = (ms: number) => new Date(clock.now().getTime() - ms);

  const tell = async (tx: Db, orgId: string, id: string) =>
    enqueue(tx, [{ orgId, purpose: CALL_LANE, key: CALL_LANE_KEY, subjectKind: 'call', subjectId: id }]);
  const wakeLane = (orgId: string) => wake({ orgId, purpose: CALL_LANE, key: CALL_LANE_KEY });

  return {
    /**
     * Stores a report and says its id. `key`: the phone system's own name for it, such as its id of the call; whoever uses it again means the
     * same record. Without it an equal request within five minutes is a repetition.
     */
    async save(orgId: string, key: string | undefined, raw: RawReport): Promise<{ id: string }> {
      const rules = await rulesFor(orgId, raw.pbx);
      const report: CallReport = { ...raw, pbx: raw.pbx ?? null, caller: plain(raw.caller, rules), called: plain(raw.called, rules) };
      const fingerprint = hash(JSON.stringify([report.kind, report]));
      const id = await db.transaction().execute(async (tx) => {
        await lockCaller(tx, orgId, report.caller);
        const known = key === undefined ? await findLike(tx, orgId, fingerprint, since(REPEATED_MS)) : undefined;
        if (known) return known;
        const ownId = key === undefined ? randomUUID() : idOf([orgId, report.pbx ?? '', report.kind, key]);
        const asked =
          report.pbx === null || report.caller === ''
            ? undefined
            : await takeIvr(tx, orgId, { pbx: report.pbx, number: report.caller, call: ownId, since: since(IVR_MS) });
        const parameters = { ...asked, ...report.parameters };
        const caseNumber = report.caseNumber || (parameters['Param1'] ?? '').slice(0, 40);
        if (await saveCall(tx, orgId, ownId, { ...report, parameters, caseNumber, fingerprint })) await tell(tx, orgId, ownId);
        return ownId;
      });
      wakeLane(orgId);
      return { id };
    },

    /** Keeps what a caller told an IVR, and adds it to a call record of the last hour. */
    async saveIvr(orgId: string, pbx: string, number: string, parameters: Record<string, string>): Promise<void> {
      const caller = plain(number, await rulesFor(orgId, pbx));
      if (caller === '') throw invalidRequest('The path names no number.');
      await db.transaction().execute(async (tx) => {
        await lockCaller(tx, orgId, caller);
        const call = await findOfCaller(tx, orgId, pbx, caller, since(IVR_MS));
        await saveIvr(tx, orgId, { pbx, number: caller, parameters, call: call ?? null, since: since(IVR_MS) });
        if (!call) return;
        await addParameters(tx, orgId, call, parameters);
        await tell(tx, orgId, call);
      });
      wakeLane(orgId);
    },

    /** What a caller told an IVR within the last hour. Throws not_found. */
    async findIvr(orgId: string, pbx: string | undefined, number: string): Promise<Record<string, string>> {
      const caller = plain(number, await rulesFor(orgId, pbx));
      const parameters = await findIvr(db, orgId, pbx ?? null, caller, since(IVR_MS));
      if (!parameters) throw notFound('Nothing was told of this number within the last hour.');
      return parameters;
    },

    /** Call records that the org refused, oldest first. */
    async listParked(orgId: string, after: number) {
      const rows = await listParked(db, orgId, CALL_LANE, after, PAGE + 1);
      const page = rows.slice(0, PAGE);
      const calls = await findCalls(
        db,
        orgId,
        page.map(({ subjectId }) => subjectId),
      );
      const byId = new Map(calls.map((call) => [call.id, call]));
      const items = page.map(({ id, subjectId, code, reason, parkedAt, attempts }) => {
        const call = byId.get(subjectId);
        return {
          id,
          kind: call?.kind ?? 'call',
          label: call ? (call.who ?? formatNumber(call.caller)) : '',
          code,
          reason,
          since: parkedAt,
          attempts,
        };
      });
      return { items, ...(rows.length > PAGE && { next: page.at(-1)?.id as number }) };
    },
    /** Tries a parked record again. Throws not_found. */
    async retry(orgId: string, id: number): Promise<void> {
      if ((await retryParked(db, orgId, CALL_LANE, id)).length === 0) throw notFound('There is no such parked record.');
      wakeLane(orgId);
    },
    /** Gives a parked record up; it stays out of the org. Throws not_found. */
    async discard(orgId: string, id: number): Promise<void> {
      if (!(await discardParked(db, orgId, CALL_LANE, id))) throw notFound('There is no such parked record.');
    },
  };
}

/** Requests about one caller come one after the other: an equal one sees the first, and an IVR's answers find their call. */
async function lockCaller(tx: Db, orgId: string, caller: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`acd ${orgId} ${caller}`}, 0))`.execute(tx);
}

/** E.164 where it is a number, its digits where it is a part of one, an address, and nothing where nobody knows it. */
function plain(text: string, rules: DiallingRules): string {
  const read = readCaller(text, rules);
  if (read === undefined || read.kind === 'withheld') return '';
  if (read.kind === 'address') return read.address.slice(0, 80);
  return read.kind === 'number' ? read.e164 : read.digits.slice(0, 40);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A UUID (RFC 9562, version 8) that the same words always make: a record that was erased here is still known in the org. */
function idOf(words: readonly string[]): string {
  const hex = hash(JSON.stringify(words));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
