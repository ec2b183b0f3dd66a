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
  /** May send its token as part of an address. */
  tokenInUrl: boolean;
  createdAt: Date;
}

/** What an admin sets. */
export type PbxChange = Pick<Pbx, 'name' | 'rules' | 'tokenInUrl'>;

const PBX = sql`id, pbx_id as "pbxId", name, rules, token_in_url as "tokenInUrl", created_at as "createdAt"`;

export async function listPbxs(db: Db, orgId: string): Promise<Pbx[]> {
  return (await sql<Pbx>`select ${PBX} from acd_pbx where org_id = ${orgId} order by created_at`.execute(db)).rows;
}

export async function addPbx(tx: Db, orgId: string, pbx: PbxChange & { pbxId: string }): Promise<Pbx> {
  const { rows } = await sql<Pbx>`insert into acd_pbx (org_id, id, pbx_id, name, rules, token_in_url)
    values (${orgId}, ${randomUUID()}, ${pbx.pbxId}, ${pbx.name}, ${JSON.stringify(pbx.rules)}, ${pbx.tokenInUrl}) returning ${PBX}`.execute(
    tx,
  );
  return rows[0] as Pbx;
}

export async function updatePbx(db: Db, orgId: string, id: string, change: PbxChange): Promise<Pbx | undefined> {
  const { rows } =
    await sql<Pbx>`update acd_pbx set name = ${change.name}, rules = ${JSON.stringify(change.rules)}, token_in_url = ${change.tokenInUrl}
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
