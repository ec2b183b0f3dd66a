/** SQLite tables of an org: one per object, named and spelled as the API spells it. */
import type { DatabaseSync } from 'node:sqlite';
import type { FieldDef, ObjectDef } from './model.ts';

/** Quoted SQL name. API names hold no quotes, but names in queries come from outside. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Creates missing tables, columns and indexes; an existing file keeps its rows. */
export function createTables(db: DatabaseSync, objects: readonly ObjectDef[]): void {
  for (const object of objects) {
    if (object.kind === 'event') continue;
    const fields = [...object.fields.values()];
    db.exec(`CREATE TABLE IF NOT EXISTS ${quote(object.name)} (${fields.map(column).join(', ')})`);
    const known = new Set(
      db
        .prepare(`PRAGMA table_info(${quote(object.name)})`)
        .all()
        .map((row) => String(row['name']).toLowerCase()),
    );
    for (const field of fields) {
      if (!known.has(field.name.toLowerCase())) db.exec(`ALTER TABLE ${quote(object.name)} ADD COLUMN ${column(field)}`);
    }
    createIndexes(db, object, fields);
  }
}

function column(field: FieldDef): string {
  const name = quote(field.name);
  switch (field.type) {
    case 'id':
      return `${name} TEXT NOT NULL`;
    case 'reference':
    case 'date':
    case 'datetime':
      return `${name} TEXT`;
    case 'boolean':
      return `${name} INTEGER NOT NULL DEFAULT 0`;
    case 'int':
      return `${name} INTEGER`;
    case 'double':
    case 'currency':
    case 'percent':
      return `${name} REAL`;
    default:
      return `${name} TEXT${field.caseSensitive ? '' : ' COLLATE NOCASE'}`;
  }
}

function createIndexes(db: DatabaseSync, object: ObjectDef, fields: FieldDef[]): void {
  const add = (columns: string[], unique = false, where = '') => {
    const name = quote(`ix_${object.name}_${columns.join('_')}`);
    db.exec(
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${name} ON ${quote(object.name)} (${columns.map(quote).join(', ')})${where}`,
    );
  };
  add(['Id'], true);
  const times = fields.filter((field) => field.custom && (field.type === 'datetime' || field.type === 'date'));
  const numbers = fields.filter((field) => field.custom && field.type === 'double');
  for (const field of fields) {
    // Rows in the recycle bin do not take part in uniqueness.
    if (field.unique) add([field.name], true, ` WHERE "IsDeleted" = 0 AND ${quote(field.name)} IS NOT NULL`);
    if (field.unique || field.externalId) add([field.name]);
    else if (field.type === 'phone' || field.type === 'email' || (field.nameField && object.kind === 'object')) add([field.name]);
    else if (field.masterDetail) for (const sort of [...times, ...numbers]) add([field.name, sort.name]);
    else if (field.type === 'reference' && indexedReference(field)) add([field.name]);
  }
  for (const time of times) {
    add([time.name]);
    if (object.owned) add(['OwnerId', time.name]);
  }
  if (object.kind === 'object') add(['SystemModstamp']);
}

/** Who-created-it is rarely asked for; not indexing it keeps mass inserts fast. */
function indexedReference(field: FieldDef): boolean {
  return field.name !== 'CreatedById' && field.name !== 'LastModifiedById';
}
