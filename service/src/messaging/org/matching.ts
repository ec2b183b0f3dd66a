import { SearchRefusedError, type Candidate, type Directory, type PhoneQuery, type Viewer } from '../../directory/index.ts';
import { refusedCode, SalesforceError, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import { countryOf, formatNumber } from '../../platform/phone.ts';
import type { Match } from '../store/conversations.ts';
import type { Conversation, OurNumber, RecordObject } from '../types.ts';

/** An unknown number is searched again with a later message: somebody may have been added meanwhile. */
const SEARCH_AGAIN_MS = 10 * 60_000;

export interface MatchingInput {
  viewer: Viewer;
  sf: SalesforceClient;
  conversations: Conversation[];
  numbers: OurNumber[];
  phoneFields: { object: string; fields: string[] }[];
  now: Date;
}

/**
 * Whom conversations belong to: those that were started from a record are looked up by its id (and follow a lead's conversion or a
 * merge), the others by their number: the record with the newest activity wins, and the note says so. Nothing for those that are settled.
 */
export async function matchConversations(directory: Directory, input: MatchingInput): Promise<Match[]> {
  const linked = input.conversations.filter((conversation) => conversation.recordId && needsLook(conversation, input.now));
  const unknown = input.conversations.filter((conversation) => !conversation.recordId && needsLook(conversation, input.now));
  const { matches, missing } = await followRecords(input.sf, linked);
  return [...matches, ...(await searchByNumber(directory, input, [...unknown, ...missing]))];
}

function needsLook(conversation: Conversation, now: Date): boolean {
  if (!conversation.matchedAt) return true;
  // A lead may be converted any day; asking costs nothing extra, because the questions of a batch travel in one call.
  if (conversation.recordObject === 'Lead') return true;
  return !conversation.recordId && now.getTime() - conversation.matchedAt.getTime() > SEARCH_AGAIN_MS;
}

async function searchByNumber(directory: Directory, input: MatchingInput, conversations: Conversation[]): Promise<Match[]> {
  if (conversations.length === 0) return [];
  const countries = new Map(input.numbers.map((number) => [number.number, number.country]));
  const queries = new Map<string, PhoneQuery>();
  for (const { customerNumber, ourNumber } of conversations) {
    const country = countries.get(ourNumber) ?? countryOf(ourNumber) ?? 'US';
    if (customerNumber.startsWith('+')) queries.set(customerNumber, { e164: customerNumber, country });
  }
  try {
    const found = await directory.findByNumbers(input.viewer, input.sf, [...queries.values()], input.phoneFields);
    return conversations.map((conversation) => {
      const candidates = found.get(conversation.customerNumber);
      return { ...choose(conversation, candidates ?? []), searched: candidates?.every(({ isKept }) => !isKept) ?? false };
    });
  } catch (error) {
    // A text is delivered whether or not it may be found out whose it is. Who lacks the rights is not asked again soon, so that looking costs
    // nothing until somebody else is main; what is refused for another reason costs a call, and is looked for again after a while.
    if (!(error instanceof SearchRefusedError)) throw error;
    return conversations.map((conversation) => {
      const known = error.known.get(conversation.customerNumber);
      return known ? choose(conversation, known) : { ...nobody(conversation), note: notSearched(error), again: error.lacksRights };
    });
  }
}

function notSearched({ code, lacksRights }: SearchRefusedError): string {
  const step = lacksRights
    ? 'The main user needs to read Contacts, Leads and Accounts and their owners.'
    : 'This is not about rights: the operator of the service finds it in the log.';
  return `Nobody was looked for: Salesforce refused the search (${code}). ${step}`;
}

/** The newer activity first; among records without any, or on one day, the one that was changed last. */
function newestActivity(a: Candidate, b: Candidate): number {
  return (b.activityAt?.getTime() ?? 0) - (a.activityAt?.getTime() ?? 0) || b.changedAt.getTime() - a.changedAt.getTime();
}

const RANK: Record<RecordObject, number> = { Contact: 0, Lead: 1, Account: 2 };

function choose(conversation: Conversation, candidates: Candidate[]): Match {
  const [best, second] = [...candidates].sort(
    (a, b) => newestActivity(a, b) || RANK[a.object] - RANK[b.object] || a.id.localeCompare(b.id),
  );
  if (!best)
    return { ...nobody(conversation), note: `No Contact, Lead or Account with ${formatNumber(conversation.customerNumber)} was found.` };
  const note = second
    ? `${candidates.length} records have this number; ${best.object} ${best.name} has the newest activity (${best.field.label}).`
    : `${best.object} ${best.name} has this number (${best.field.label}).`;
  return {
    conversationId: conversation.id,
    recordObject: best.object,
    recordId: best.id,
    accountRecordId: best.object === 'Contact' ? best.accountId : null,
    recordName: best.name,
    ownerId: userOnly(best.ownerId),
    note,
  };
}

/** An agent who texted a number that nobody knows keeps the conversation; one that a customer began goes to the inbox queue. */
function nobody({ id, ownerId }: Conversation): Omit<Match, 'note'> {
  return { conversationId: id, recordObject: null, recordId: null, accountRecordId: null, recordName: null, ownerId };
}

/** A lead may belong to a queue that cannot own conversations; ours does then. */
function userOnly(ownerId: string | null | undefined): string | null {
  return ownerId?.startsWith('005') ? ownerId : null;
}

interface PersonRow extends Record<string, unknown> {
  Id: string;
  Name: string;
  OwnerId: string;
  AccountId?: string | null;
  IsConverted?: boolean;
  ConvertedContactId?: string | null;
}

/**
 * Reads the records by id, all objects in one composite call. A converted lead leads on to its Contact, a merged record to the one that
 * stayed. Conversations with records that this user may not read stay as they are.
 */
async function followRecords(sf: SalesforceClient, conversations: Conversation[]): Promise<{ matches: Match[]; missing: Conversation[] }> {
  const { rows, refused } = await readRecords(sf, conversations.map(linkOf));
  const readable = conversations.filter((conversation) => !refused.has(linkOf(conversation).object));
  const gone = readable.filter((conversation) => !rows.has(key(linkOf(conversation).id)));
  const masters = gone.length > 0 ? await readMasters(sf, gone.map(linkOf)) : new Map<string, string>();
  const successors = new Map<string, Link>();
  for (const conversation of readable) {
    const { object, id } = linkOf(conversation);
    const contactId = rows.get(key(id))?.ConvertedContactId;
    const masterId = masters.get(key(id));
    if (contactId) successors.set(key(id), { object: 'Contact', id: contactId });
    else if (masterId) successors.set(key(id), { object, id: masterId });
  }
  const next = await readRecords(sf, [...successors.values()]);
  const matches: Match[] = [];
  const missing: Conversation[] = [];
  for (const conversation of readable) {
    const link = linkOf(conversation);
    const successor = successors.get(key(link.id));
    const row = successor ? next.rows.get(key(successor.id)) : rows.get(key(link.id));
    if (row && (successor || !isUnchanged(conversation, row)))
      matches.push(toMatch(conversation, successor ?? link, row, successor !== undefined));
    else if (!row && !(successor && next.refused.has(successor.object))) missing.push(conversation);
  }
  return { matches, missing };
}

function toMatch(conversation: Conversation, link: Link, row: PersonRow, moved: boolean): Match {
  const how = link.object !== conversation.recordObject ? 'The Lead was converted' : 'The record was merged';
  return {
    conversationId: conversation.id,
    recordObject: link.object,
    recordId: row.Id,
    accountRecordId: link.object === 'Contact' ? (row.AccountId ?? null) : null,
    recordName: row.Name,
    ownerId: userOnly(row.OwnerId),
    note: moved
      ? `${how}; the conversation went on to ${link.object} ${row.Name}.`
      : (conversation.matchNote ?? `Started from ${link.object} ${row.Name}.`),
  };
}

interface Link {
  object: RecordObject;
  id: string;
}

function linkOf(conversation: Conversation): Link {
  return { object: conversation.recordObject as RecordObject, id: conversation.recordId as string };
}

/** A lead that was looked at again and is still the same needs no write. */
function isUnchanged(conversation: Conversation, row: PersonRow): boolean {
  return conversation.matchedAt !== null && conversation.recordName === row.Name;
}

async function readRecords(sf: SalesforceClient, wanted: Link[]): Promise<{ rows: Map<string, PersonRow>; refused: Set<RecordObject> }> {
  const rows = new Map<string, PersonRow>();
  const refused = new Set<RecordObject>();
  if (wanted.length === 0) return { rows, refused };
  const columns: Record<RecordObject, string> = {
    Contact: 'Id, Name, OwnerId, AccountId',
    Lead: 'Id, Name, OwnerId, IsConverted, ConvertedContactId',
    Account: 'Id, Name, OwnerId',
  };
  const steps = (['Contact', 'Lead', 'Account'] as const).flatMap((object) => {
    const ids = [...new Set(wanted.filter((item) => item.object === object).map((item) => item.id.replace(/\W/g, '')))];
    return ids.length > 0 ? [sf.steps.query(object, `SELECT ${columns[object]} FROM ${object} WHERE Id IN ('${ids.join("','")}')`)] : [];
  });
  for (const { referenceId, ok, status, errors, page } of await sf.composite(steps)) {
    const error = ok ? undefined : new SalesforceError({ message: 'a query was refused', status, errors, sent: 'yes' });
    // An unanswered question is no answer: taken for "not there" it would give the conversation to somebody else.
    if (error && !refusedCode(error)) throw error;
    if (error) refused.add(referenceId as RecordObject);
    for (const row of (page?.records ?? []) as PersonRow[]) rows.set(key(row.Id), row);
  }
  return { rows, refused };
}

/** Where merged records went: a merge deletes the losers and leaves the winner's id on them. */
async function readMasters(sf: SalesforceClient, gone: Link[]): Promise<Map<string, string>> {
  const masters = new Map<string, string>();
  for (const object of ['Contact', 'Lead', 'Account'] as const) {
    const ids = gone.filter((link) => link.object === object).map((link) => link.id.replace(/\W/g, ''));
    if (ids.length === 0) continue;
    const soql = `SELECT Id, MasterRecordId FROM ${object} WHERE IsDeleted = true AND Id IN ('${ids.join("','")}')`;
    for await (const page of sf.queryAllPages<{ Id: string; MasterRecordId: string | null }>(soql)) {
      for (const row of page) if (row.MasterRecordId) masters.set(key(row.Id), row.MasterRecordId);
    }
  }
  return masters;
}

const key = (id: string) => id.slice(0, 15);
