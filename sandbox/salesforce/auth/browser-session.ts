import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Org, OrgUser } from '../org.ts';
import type { Accounts } from './accounts.ts';
import { randomText, sameText, sha256 } from './secrets.ts';

const SESSION_COOKIE = 'sandbox_sf_sid';
const LOGIN_COOKIE = 'sandbox_sf_login';
const LIFE_MS = 2 * 3_600_000;

/** Somebody signed in to the org with a browser. `csrf` must come back with every form. */
export interface BrowserSession {
  readonly user: OrgUser;
  readonly csrf: string;
}

/** Browser sign-ins of one org, kept apart from API sessions. Cookies carry a prefix, because cookies of localhost are shared by all ports. */
export interface BrowserSessions {
  current(request: FastifyRequest): BrowserSession | undefined;
  start(reply: FastifyReply, user: OrgUser): void;
  end(request: FastifyRequest, reply: FastifyReply): void;
  endUser(userId: string): void;
  clear(): void;
  /** A token that the login form carries and whose twin is a cookie: nobody is signed in yet, so there is no session to bind it to. */
  loginToken(request: FastifyRequest, reply: FastifyReply): string;
  checksLoginToken(request: FastifyRequest, token: string | undefined): boolean;
}

const COOKIE = { path: '/', httpOnly: true, sameSite: 'lax' } as const;

/** Opens the table of browser sessions in the org's database. */
export function openBrowserSessions(org: Org, accounts: Accounts): BrowserSessions {
  const { db, clock } = org;
  db.exec(
    'CREATE TABLE IF NOT EXISTS auth_browser (hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, csrf TEXT NOT NULL, used_at INTEGER NOT NULL)',
  );
  const add = db.prepare('INSERT INTO auth_browser (hash, user_id, csrf, used_at) VALUES (?, ?, ?, ?)');
  const find = db.prepare('SELECT user_id, csrf, used_at FROM auth_browser WHERE hash = ?');
  const touch = db.prepare('UPDATE auth_browser SET used_at = ? WHERE hash = ?');
  const drop = db.prepare('DELETE FROM auth_browser WHERE hash = ?');
  const dropUser = db.prepare('DELETE FROM auth_browser WHERE user_id = ?');
  const now = (): number => clock.now().getTime();

  return {
    current(request) {
      const sid = request.cookies[SESSION_COOKIE];
      const row = sid ? (find.get(sha256(sid)) as { user_id: string; csrf: string; used_at: number } | undefined) : undefined;
      if (!sid || !row || now() - row.used_at > LIFE_MS) return undefined;
      const user = org.users.byId(row.user_id);
      if (!user || accounts.state(user) !== 'active') return undefined;
      touch.run(now(), sha256(sid));
      return { user, csrf: row.csrf };
    },
    start(reply, user) {
      const sid = randomText();
      add.run(sha256(sid), user.id, randomText(), now());
      reply.setCookie(SESSION_COOKIE, sid, COOKIE);
    },
    end(request, reply) {
      const sid = request.cookies[SESSION_COOKIE];
      if (sid) drop.run(sha256(sid));
      reply.clearCookie(SESSION_COOKIE, COOKIE);
    },
    endUser: (userId) => void dropUser.run(userId),
    clear: () => db.exec('DELETE FROM auth_browser'),
    loginToken(request, reply) {
      const token = request.cookies[LOGIN_COOKIE] ?? randomText();
      reply.setCookie(LOGIN_COOKIE, token, COOKIE);
      return token;
    },
    checksLoginToken(request, token) {
      const twin = request.cookies[LOGIN_COOKIE];
      return twin !== undefined && token !== undefined && sameText(twin, token);
    },
  };
}
