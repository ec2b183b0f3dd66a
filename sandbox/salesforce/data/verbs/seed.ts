/** Large generated data, written past the checks because it is known to be good. */
import { person } from '../../../control/people.ts';
import type { Person } from '../../../control/people.ts';
import type { Org, Row } from '../org-types.ts';
import { stamp } from '../clock.ts';
import { systemActor } from '../engine.ts';
import type { Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { makeId } from '../ids.ts';
import { documentOf } from '../sosl/index-store.ts';

export interface SeedOptions {
  /** `Account`, `Contact` or `Lead`. */
  object: string;
  count: number;
  /** First index of the people; default 0. */
  from?: number | undefined;
  seed?: string | number | undefined;
}

const MAKERS: Record<string, (someone: Person) => Row> = {
  Account: (someone) => ({ Name: someone.company, Phone: someone.phone, BillingCity: someone.city, Website: 'https://www.example.com' }),
  Contact: (someone) => ({
    ...named(someone),
    MobilePhone: someone.phone,
    Email: someone.email,
    Title: someone.title,
    MailingCity: someone.city,
  }),
  Lead: (someone) => ({
    ...named(someone),
    Company: someone.company,
    Phone: someone.phone,
    Email: someone.email,
    Title: someone.title,
    City: someone.city,
    Status: 'Open - Not Contacted',
    IsUnreadByOwner: 1,
  }),
};

function named(someone: Person): Row {
  return { FirstName: someone.firstName, LastName: someone.lastName, Name: `${someone.firstName} ${someone.lastName}` };
}

/** Inserts `count` people (or their companies) with the indexes `from` … `from + count - 1`; searchable at once. */
export function seedRecords(org: Org, options: SeedOptions): { created: number; firstId: string; lastId: string } {
  const engine = org as Engine;
  const { store } = engine;
  const object = engine.schema.object(options.object);
  const maker = object && MAKERS[object.name];
  if (!object || !maker)
    throw new SalesforceError(400, 'INVALID_TYPE', `seeding knows ${Object.keys(MAKERS).join(', ')}, not ${options.object}`);
  const { count, from = 0, seed = 1 } = options;
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
    throw new SalesforceError(400, 'INVALID_INPUT', 'count must be between 1 and 1,000,000');
  const owners = engine.users.list().filter((user) => user.isActive);
  const now = stamp(engine.clock.now());
  return store.tx(() => {
    const last = store.next(`id:${object.keyPrefix}`, count);
    const firstDoc = (store.prepare('SELECT coalesce(max(doc), 0) AS top FROM sys_search_doc').get() as { top: number }).top + 1;
    const addDoc = store.prepare('INSERT INTO sys_search_doc (doc, record_id, object) VALUES (?, ?, ?)');
    const addWords = store.prepare('INSERT INTO sys_search (rowid, name, email, phone, rest) VALUES (?, ?, ?, ?, ?)');
    const audit = { IsDeleted: 0, CreatedDate: now, LastModifiedDate: now, SystemModstamp: now };
    const idOf = (i: number) => makeId(object.keyPrefix, last - count + 1 + i);
    for (let i = 0; i < count; i += 1) {
      const owner = owners[i % owners.length]?.id ?? null;
      const row: Row = {
        Id: idOf(i),
        ...maker(person(seed, from + i)),
        OwnerId: owner,
        CreatedById: owner,
        LastModifiedById: owner,
        ...audit,
      };
      store.insertRow(object, row);
      const text = documentOf(object, row);
      addDoc.run(firstDoc + i, idOf(i), object.name);
      addWords.run(firstDoc + i, text.name, text.email, text.phone, text.rest);
    }
    engine.capture.noteMany(object, systemActor(engine));
    return { created: count, firstId: idOf(0), lastId: idOf(count - 1) };
  });
}
