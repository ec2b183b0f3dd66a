import type { Db } from '../platform/db/database.ts';
import { createJournalStore } from './store/journal.ts';
import { createLinkStore } from './store/links.ts';
import { createTokenStore } from './store/tokens.ts';
import { createUserStore } from './store/users.ts';

export type Store = ReturnType<typeof createStore>;

/** All SQL of the connections: users, their tokens, who is main, and the journal (timeline, notices, sign-ins). */
export function createStore(db: Db) {
  return {
    users: createUserStore(db),
    tokens: createTokenStore(db),
    links: createLinkStore(db),
    journal: createJournalStore(db),
    db,
    transaction: <T>(work: (tx: Db) => Promise<T>): Promise<T> => db.transaction().execute(work),
  };
}
