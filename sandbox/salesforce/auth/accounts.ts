import type { Org, OrgUser } from '../org.ts';

/** Password of every user until it is changed; the login page shows it as a hint. */
export const INITIAL_PASSWORD = 'sandbox-1';
/** Logins per user in a rolling hour (help article 000381578); refreshes are counted too, which is assumed. */
export const LOGINS_PER_HOUR = 3600;

/** Why a user cannot sign in or use tokens at the moment. */
export type AccountState = 'active' | 'inactive' | 'locked' | 'login-hours';

/** What the org knows of its users beyond their records: password, lock, login hours, login rate. */
export interface Accounts {
  state(user: OrgUser): AccountState;
  password(userId: string): string;
  setPassword(userId: string, password: string): void;
  setLocked(userId: string, locked: boolean): void;
  /** `closed` puts the present time outside of the user's login hours. */
  setLoginHours(userId: string, closed: boolean): void;
  /** Counts a login or refresh. False when the hour's allowance is used up; the attempt is then not counted. */
  admitLogin(userId: string): boolean;
  /** Every user active, unlocked, with the first password. */
  reset(): void;
}

/** Opens the account table in the org's database. */
export function openAccounts(org: Org, loginsPerHour: number = LOGINS_PER_HOUR): Accounts {
  const { db, clock } = org;
  db.exec(`
    CREATE TABLE IF NOT EXISTS auth_account (
      user_id TEXT PRIMARY KEY, password TEXT, locked INTEGER NOT NULL DEFAULT 0, hours_closed INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS auth_login (user_id TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS auth_login_user ON auth_login (user_id, at);`);
  const read = db.prepare('SELECT password, locked, hours_closed FROM auth_account WHERE user_id = ?');
  const set = (column: 'password' | 'locked' | 'hours_closed') =>
    db.prepare(
      `INSERT INTO auth_account (user_id, ${column}) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET ${column} = excluded.${column}`,
    );
  const [setPassword, setLocked, setHours] = [set('password'), set('locked'), set('hours_closed')];
  const forgetLogins = db.prepare('DELETE FROM auth_login WHERE at <= ?');
  const countLogins = db.prepare('SELECT count(*) AS n FROM auth_login WHERE user_id = ?');
  const addLogin = db.prepare('INSERT INTO auth_login (user_id, at) VALUES (?, ?)');

  return {
    state(user) {
      if (!user.isActive) return 'inactive';
      const row = read.get(user.id);
      if (row?.['locked']) return 'locked';
      return row?.['hours_closed'] ? 'login-hours' : 'active';
    },
    password: (userId) => (read.get(userId)?.['password'] as string | null | undefined) ?? INITIAL_PASSWORD,
    setPassword: (userId, password) => void setPassword.run(userId, password),
    setLocked: (userId, locked) => void setLocked.run(userId, locked ? 1 : 0),
    setLoginHours: (userId, closed) => void setHours.run(userId, closed ? 1 : 0),
    admitLogin(userId) {
      const now = clock.now().getTime();
      forgetLogins.run(now - 3_600_000);
      if (Number(countLogins.get(userId)?.['n'] ?? 0) >= loginsPerHour) return false;
      addLogin.run(userId, now);
      return true;
    },
    reset() {
      db.exec('DELETE FROM auth_account; DELETE FROM auth_login');
      for (const user of org.users.list()) if (!user.isActive) org.users.setActive(user.id, true);
    },
  };
}
