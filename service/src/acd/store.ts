import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { DiallingRules } from '../directory/index.ts';
import type { Db } from '../platform/db/database.ts';
import { readStored, type Lookup } from './definition.ts';

/** A phone system that asks. */
export interface Pbx {
  id: string;
  /** As the phone system names itself in a request: `47EC1B-B70D69-818AE6`. */
  pbxId: string;
  name: string;
  rules: DiallingRules;
  createdAt: Date;
}

const PBX = sql`id, pbx_id as "pbxId", name, rules, created_at as "createdAt"`;

export async function listPbxs(db: Db, orgId: string): Promise<Pbx[]> {
  return (await sql<Pbx>`select ${PBX} from acd_pbx where org_id = ${orgId} order by created_at`.execute(db)).rows;
}

export async function addPbx(tx: Db, orgId: string, pbx: Pick<Pbx, 'pbxId' | 'name' | 'rules'>): Promise<Pbx> {
  const { rows } = await sql<Pbx>`insert into acd_pbx (org_id, id, pbx_id, name, rules)
    values (${orgId}, ${randomUUID()}, ${pbx.pbxId}, ${pbx.name}, ${JSON.stringify(pbx.rules)}) returning ${PBX}`.execute(tx);
  return rows[0] as Pbx;
}

export async function updatePbx(db: Db, orgId: string, id: string, change: Pick<Pbx, 'name' | 'rules'>): Promise<Pbx | undefined> {
  const { rows } = await sql<Pbx>`update acd_pbx set name = ${change.name}, rules = ${JSON.stringify(change.rules)}
    where org_id = ${orgId} and id = ${id} returning ${PBX}`.execute(db);
  return rows[0];
}

export async function removePbx(tx: Db, orgId: string, id: string): Promise<boolean> {
  const result = await sql`delete from acd_pbx where org_id = ${orgId} and id = ${id}`.execute(tx);
  return result.numAffectedRows === 1n;
}

const LOOKUP = sql`id, name, definition, is_default as "isDefault"`;

export async function listLookups(db: Db, orgId: string): Promise<Lookup[]> {
  const { rows } = await sql<Lookup>`select ${LOOKUP} from acd_lookup where org_id = ${orgId} order by name`.execute(db);
  return rows.map((row) => ({ ...row, definition: readStored(row.definition) }));
}

export interface LookupChange {
  name: string;
  isDefault: boolean;
  definition: Lookup['definition'];
}

/** Inserts a look-up, or changes the one with this id. Undefined: there is none with it. A new default takes the place of the old one. */
export async function saveLookup(tx: Db, orgId: string, id: string | null, change: LookupChange): Promise<Lookup | undefined> {
  if (change.isDefault)
    await sql`update acd_lookup set is_default = false where org_id = ${orgId} and is_default and id is distinct from ${id}`.execute(tx);
  const values = sql`name = ${change.name}, is_default = ${change.isDefault}, definition = ${JSON.stringify(change.definition)}::jsonb, updated_at = now()`;
  const { rows } = id
    ? await sql<Lookup>`update acd_lookup set ${values} where org_id = ${orgId} and id = ${id} returning ${LOOKUP}`.execute(tx)
    : await sql<Lookup>`insert into acd_lookup (org_id, id, name, is_default, definition)
        values (${orgId}, ${randomUUID()}, ${change.name}, ${change.isDefault}, ${JSON.stringify(change.definition)}) returning ${LOOKUP}`.execute(
        tx,
      );
  return rows[0];
}

export async function removeLookup(db: Db, orgId: string, id: string): Promise<boolean> {
  const result = await sql`delete from acd_lookup where org_id = ${orgId} and id = ${id}`.execute(db);
  return result.numAffectedRows === 1n;
}

/** An answered question. Numbers are masked. */
export interface LogEntry {
  orgId: string;
  at: Date;
  pbx: string;
  lookup: string;
  caller: string;
  called: string;
  source: string;
  matched: boolean;
  stale: boolean;
  records: number;
  recordId: string | null;
  extension: string | null;
  tookMs: number;
  why: string;
}

export async function addLogEntries(db: Db, entries: readonly LogEntry[]): Promise<void> {
  await sql`insert into acd_log (org_id, at, pbx, lookup, caller, called, source, matched, stale, records, record_id, extension, took_ms, why)
    select x."orgId", x.at, x.pbx, x.lookup, x.caller, x.called, x.source, x.matched, x.stale, x.records, x."recordId", x.extension, x."tookMs", x.why
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as x("orgId" uuid, at timestamptz, pbx text, lookup text, caller text, called text,
      source text, matched boolean, stale boolean, records integer, "recordId" text, extension text, "tookMs" real, why text)
    where exists (select 1 from org where id = x."orgId")`.execute(db);
}

export type LogRow = Omit<LogEntry, 'orgId'> & { id: number };

/** Newest first, from before an id. */
export async function listLog(db: Db, orgId: string, before: number | null, limit: number): Promise<LogRow[]> {
  const { rows } = await sql<LogRow>`select id, at, pbx, lookup, caller, called, source, matched, stale, records, record_id as "recordId",
      extension, took_ms as "tookMs", why
    from acd_log where org_id = ${orgId} and id < ${before ?? Number.MAX_SAFE_INTEGER} order by id desc limit ${limit}`.execute(db);
  return rows;
}

export async function eraseOldLog(db: Db, before: Date): Promise<number> {
  return Number((await sql`delete from acd_log where at < ${before}`.execute(db)).numAffectedRows ?? 0n);
}
