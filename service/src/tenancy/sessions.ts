import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { hashToken, randomToken } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';

/** A working day: whoever administers telephones signs in at Salesforce in the morning. */
export const SESSION_MS = 8 * 3600_000;

/** Who looks at a page outside Salesforce; Salesforce has named them. */
export interface PageSession {
  orgId: string;
  userId: string;
  username: string;
  /** What every form of the page must send: other sites do not know it. */
  csrf: string;
}

export type PageSessions = ReturnType<typeof createPageSessions>;

/** Sessions of pages outside Salesforce. The value of the HttpOnly cookie is the only secret, and only its hash is kept. */
export function createPageSessions({ db, clock }: { db: Db; clock: Clock }) {
  const csrfOf = (cookie: string) => hashToken(`csrf ${cookie}`);
  return {
    /** The cookie's value. */
    async open({ orgId, userId, username }: Omit<PageSession, 'csrf'>): Promise<string> {
      const cookie = randomToken();
      const now = clock.now();
      await sql`delete from page_session where expires_at < ${now}`.execute(db);
      await sql`insert into page_session (hash, org_id, user_id, username, expires_at)
        values (${hashToken(cookie)}, ${orgId}, ${userId}, ${username}, ${new Date(now.getTime() + SESSION_MS)})`.execute(db);
      return cookie;
    },
    /** Undefined when the session is over or was never there. */
    async read(cookie: string | undefined): Promise<PageSession | undefined> {
      if (!cookie) return undefined;
      const { rows } = await sql<Omit<PageSession, 'csrf'>>`select org_id as "orgId", user_id as "userId", username from page_session
        where hash = ${hashToken(cookie)} and expires_at > ${clock.now()}`.execute(db);
      return rows[0] && { ...rows[0], csrf: csrfOf(cookie) };
    },
    async close(cookie: string | undefined): Promise<void> {
      if (cookie) await sql`delete from page_session where hash = ${hashToken(cookie)}`.execute(db);
    },
  };
}
