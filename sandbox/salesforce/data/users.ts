/** Users of the org and their rights, for the parts of the sandbox that do not speak SOQL. */
import type { DatabaseSync } from 'node:sqlite';
import type { OrgMetadata } from './metadata/read.ts';
import { readRights } from './rights.ts';
import type { UserRights } from './rights.ts';

export interface OrgUser {
  /** 18 characters. */
  id: string;
  username: string;
  name: string;
  firstName: string | null;
  lastName: string;
  email: string;
  alias: string;
  profileId: string;
  profileName: string;
  isActive: boolean;
  timeZone: string;
  locale: string;
  language: string;
}

export interface Users {
  list(): OrgUser[];
  /** Usernames are compared without regard to letter case. */
  byUsername(username: string): OrgUser | undefined;
  /** 18-character id. */
  byId(id: string): OrgUser | undefined;
  /** Current rights; kept until the permission tables change through the data engine or `forgetRights` is called. */
  rights(userId: string): UserRights;
  /** Call after writing users, profiles or permissions past the data engine. */
  forgetRights(): void;
  setActive(userId: string, active: boolean): void;
}

/** Creates the helpers over the org's tables. */
export function makeUsers(db: DatabaseSync, metadata: OrgMetadata): Users {
  const select = `SELECT u."Id" AS id, u."Username" AS username, u."Name" AS name, u."FirstName" AS firstName, u."LastName" AS lastName, u."Email" AS email,
    u."Alias" AS alias, u."ProfileId" AS profileId, p."Name" AS profileName, u."IsActive" AS isActive, u."TimeZoneSidKey" AS timeZone,
    u."LocaleSidKey" AS locale, u."LanguageLocaleKey" AS language FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId"`;
  const all = db.prepare(`${select} ORDER BY u."Id"`);
  const byName = db.prepare(`${select} WHERE u."Username" = ? COLLATE NOCASE`);
  const byKey = db.prepare(`${select} WHERE u."Id" = ?`);
  const activate = db.prepare('UPDATE "User" SET "IsActive" = ? WHERE "Id" = ?');
  const kept = new Map<string, UserRights>();
  return {
    list: () => all.all().map(toUser),
    byUsername: (username) => optional(byName.get(username)),
    byId: (id) => optional(byKey.get(id)),
    rights(userId) {
      const known = kept.get(userId);
      if (known) return known;
      const rights = readRights(db, metadata, userId);
      kept.set(userId, rights);
      return rights;
    },
    forgetRights: () => kept.clear(),
    setActive(userId, active) {
      activate.run(active ? 1 : 0, userId);
    },
  };
}

function optional(row: Record<string, unknown> | undefined): OrgUser | undefined {
  return row ? toUser(row) : undefined;
}

function toUser(row: Record<string, unknown>): OrgUser {
  return { ...(row as unknown as OrgUser), isActive: row['isActive'] === 1 };
}
