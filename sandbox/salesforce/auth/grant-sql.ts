import type { DatabaseSync, StatementSync } from 'node:sqlite';

const TABLES = `
  CREATE TABLE IF NOT EXISTS auth_code (hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL, challenge TEXT, created_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS auth_grant (id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, ended TEXT);
  CREATE INDEX IF NOT EXISTS auth_grant_user ON auth_grant (user_id, client_id);
  CREATE TABLE IF NOT EXISTS auth_refresh (hash TEXT PRIMARY KEY, grant_id INTEGER NOT NULL, replaced INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE IF NOT EXISTS auth_access (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, grant_id INTEGER, user_id TEXT NOT NULL,
    scopes TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS auth_access_grant ON auth_access (grant_id);
  CREATE INDEX IF NOT EXISTS auth_access_user ON auth_access (user_id);`;

/** Creates the token tables and prepares every statement that `grants.ts` runs. Tokens and codes are kept as SHA-256 only. */
export function grantStatements(db: DatabaseSync) {
  db.exec(TABLES);
  return {
    code: db.prepare('SELECT * FROM auth_code WHERE hash = ?'),
    spendCode: db.prepare('UPDATE auth_code SET used = 1 WHERE hash = ? AND used = 0'),
    addCode: db.prepare(
      'INSERT INTO auth_code (hash, client_id, user_id, redirect_uri, scopes, challenge, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    dropCodes: db.prepare('DELETE FROM auth_code WHERE created_at < ?'),
    addGrant: db.prepare('INSERT INTO auth_grant (client_id, user_id, scopes, created_at, used_at) VALUES (?, ?, ?, ?, ?)'),
    liveGrants: db.prepare(
      'SELECT id FROM auth_grant WHERE user_id = ? AND client_id = ? AND ended IS NULL ORDER BY created_at DESC, id DESC',
    ),
    grantOfRefresh: db.prepare('SELECT g.*, r.replaced FROM auth_refresh r JOIN auth_grant g ON g.id = r.grant_id WHERE r.hash = ?'),
    useGrant: db.prepare('UPDATE auth_grant SET used_at = ? WHERE id = ?'),
    endGrant: db.prepare('UPDATE auth_grant SET ended = ? WHERE id = ? AND ended IS NULL'),
    endUser: db.prepare('UPDATE auth_grant SET ended = ? WHERE user_id = ? AND ended IS NULL'),
    addRefresh: db.prepare('INSERT INTO auth_refresh (hash, grant_id) VALUES (?, ?)'),
    replaceRefresh: db.prepare('UPDATE auth_refresh SET replaced = 1 WHERE hash = ?'),
    addAccess: db.prepare('INSERT INTO auth_access (hash, grant_id, user_id, scopes, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?)'),
    access: db.prepare('SELECT a.*, g.client_id FROM auth_access a LEFT JOIN auth_grant g ON g.id = a.grant_id WHERE a.hash = ?'),
    touch: db.prepare('UPDATE auth_access SET used_at = ? WHERE id = ?'),
    dropIdle: db.prepare('DELETE FROM auth_access WHERE used_at < ?'),
    dropAccess: db.prepare('DELETE FROM auth_access WHERE id = ?'),
    dropGrantAccess: db.prepare('DELETE FROM auth_access WHERE grant_id = ?'),
    dropUserAccess: db.prepare('DELETE FROM auth_access WHERE user_id = ?'),
  } satisfies Record<string, StatementSync>;
}
