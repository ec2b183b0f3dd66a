import type { Org } from '../org.ts';

/** Field rights taken from single users, as if a muting permission set stripped the field from all they hold. */
export interface FieldOverrides {
  /** `field` is the API name without namespace or with it. A right that is not given stays as it is. */
  set(userId: string, object: string, field: string, rights: { read?: boolean | undefined; edit?: boolean | undefined }): void;
  clear(): void;
}

/**
 * Field-level security of the org belongs to profiles and permission sets that several users share. To strip a field from one user only,
 * the answer of `org.users.rights` is narrowed (or widened) for that user; everything that checks rights asks there.
 */
export function openFieldOverrides(org: Org): FieldOverrides {
  const { db } = org;
  db.exec(`CREATE TABLE IF NOT EXISTS plat_field_right (user_id TEXT NOT NULL, field TEXT NOT NULL, readable INTEGER, editable INTEGER,
    PRIMARY KEY (user_id, field))`);
  const all = db.prepare('SELECT * FROM plat_field_right');
  const put = db.prepare(`INSERT INTO plat_field_right (user_id, field, readable, editable) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET readable = coalesce(excluded.readable, readable), editable = coalesce(excluded.editable, editable)`);
  const key = (object: string, field: string): string => `${object}.${field}`.toLowerCase();
  let byUser = load();

  function load(): Map<string, Map<string, { read: boolean | undefined; edit: boolean | undefined }>> {
    const users: typeof byUser = new Map();
    const flag = (value: unknown): boolean | undefined => (value === null ? undefined : value === 1);
    for (const row of all.all()) {
      const fields = users.get(String(row['user_id'])) ?? new Map<string, { read: boolean | undefined; edit: boolean | undefined }>();
      fields.set(String(row['field']), { read: flag(row['readable']), edit: flag(row['editable']) });
      users.set(String(row['user_id']), fields);
    }
    return users;
  }

  const original = org.users.rights.bind(org.users);
  org.users.rights = (userId) => {
    const rights = original(userId);
    const fields = byUser.get(userId);
    if (!fields) return rights;
    return {
      ...rights,
      field(object, field) {
        const base = rights.field(object, field);
        const over = fields.get(key(object.name, field.name));
        if (!over) return base;
        const read = over.read ?? base.read;
        return { read, edit: read && (over.edit ?? base.edit) };
      },
    };
  };

  return {
    set(userId, object, field, rights) {
      const bit = (value: boolean | undefined): number | null => (value === undefined ? null : value ? 1 : 0);
      put.run(userId, key(org.own(object), org.own(field)), bit(rights.read), bit(rights.edit));
      byUser = load();
    },
    clear() {
      db.exec('DELETE FROM plat_field_right');
      byUser = load();
    },
  };
}
