/** The sample org's accounts, contacts, leads, cases and tasks: the same on every start, dated relative to now. */
import { person } from '../../control/people.ts';
import type { Org } from '../data/org-types.ts';

/** Numbers with a story, for demonstrations and tests. All from ranges kept for fiction. */
export const SAMPLE_NUMBERS = {
  /** One contact of the agent. */
  single: '+14155550123',
  /** Two contacts share it; the one with the later activity is the likelier caller. */
  shared: '+14155550142',
  /** A lead and a contact have it. */
  leadAndContact: '+447700900456',
  /** A lead only. */
  lead: '+447700900321',
  /** An account's switchboard. */
  account: '+442079460018',
  /** A contact whose name is not Latin. */
  unicode: '+14155550177',
  /** Nobody's number. */
  unknown: '+14155550199',
} as const;

const SEED = 'sample';
const DAY = 86_400_000;

/** Fills an org that has no accounts yet; answers whether it did. */
export function loadSample(org: Org): boolean {
  if (org.query('SELECT Id FROM Account LIMIT 1').length > 0) return false;
  org.tx(() => {
    const owner = owners(org);
    const accounts = loadAccounts(org, owner);
    loadStories(org, owner, accounts);
    loadCrowd(org, owner, accounts);
  });
  return true;
}

type Owners = (index: number) => string;

function owners(org: Org): Owners {
  const names = ['agent@sandbox.test', 'agent2@sandbox.test', 'agent@sandbox.test', 'admin@sandbox.test'];
  const ids = names.map((name) => org.users.byUsername(name)?.id ?? '');
  return (index) => ids[index % ids.length] as string;
}

function loadAccounts(org: Org, owner: Owners): string[] {
  return Array.from({ length: 12 }, (_, index) => {
    const someone = person(SEED, 900 + index);
    return org.insert('Account', {
      Name: someone.company,
      Phone: index === 0 ? '+44 20 7946 0018' : someone.phone,
      BillingCity: someone.city,
      Industry: ['Retail', 'Healthcare', 'Technology', 'Energy'][index % 4],
      Website: 'https://www.example.com',
      OwnerId: owner(index),
    });
  });
}

/** Records with a point; phone numbers are typed the way people type them. */
function loadStories(org: Org, owner: Owners, accounts: string[]): void {
  const contact = (values: Record<string, unknown>, daysAgo: number) => {
    const id = org.insert('Contact', { OwnerId: owner(0), AccountId: accounts[0], ...values });
    task(org, id, String(values['OwnerId'] ?? owner(0)), daysAgo);
  };
  contact(
    { FirstName: 'Maya', LastName: 'Rivera', MobilePhone: '(415) 555-0123', Email: 'maya.rivera@example.com', Title: 'Office manager' },
    2,
  );
  contact(
    { FirstName: 'Jonas', LastName: 'Lindqvist', Phone: '+1 415-555-0142', Email: 'jonas.lindqvist@example.com', AccountId: accounts[1] },
    30,
  );
  contact(
    {
      FirstName: 'Ingrid',
      LastName: 'Lindqvist',
      MobilePhone: '415.555.0142',
      Email: 'ingrid.lindqvist@example.com',
      AccountId: accounts[1],
    },
    1,
  );
  contact(
    { FirstName: '美咲', LastName: '田中', MobilePhone: '+1 (415) 555-0177', Email: 'misaki.tanaka@example.com', AccountId: accounts[2] },
    5,
  );
  contact(
    {
      FirstName: 'Siobhán',
      LastName: "O'Brien",
      MobilePhone: '07700 900456',
      Email: 'siobhan.obrien@example.com',
      OwnerId: owner(1),
      AccountId: accounts[3],
    },
    9,
  );
  contact(
    {
      FirstName: 'Łukasz',
      LastName: 'Dąbrowski',
      HomePhone: '+44 7700 900111',
      OtherPhone: '+44 7700 900112',
      OwnerId: owner(1),
      AccountId: accounts[4],
    },
    12,
  );
  contact({ FirstName: 'Élodie 🌻', LastName: 'Çelik-Weiß', MobilePhone: '+44 7700 900113', AccountId: accounts[5] }, 3);
  org.insert('Lead', {
    FirstName: 'Siobhán',
    LastName: 'OBrien',
    Company: 'Tidewater Studio',
    MobilePhone: '+44 7700 900456',
    OwnerId: owner(0),
  });
  org.insert('Lead', {
    FirstName: 'Kofi',
    LastName: 'Mensah',
    Company: 'Beacon Cycles',
    MobilePhone: '+44 7700 900321',
    Email: 'kofi.mensah@example.com',
    OwnerId: owner(0),
  });
}

function loadCrowd(org: Org, owner: Owners, accounts: string[]): void {
  for (let index = 0; index < 40; index += 1) {
    const someone = person(SEED, index);
    const values = {
      FirstName: someone.firstName,
      LastName: someone.lastName,
      MobilePhone: someone.phone,
      Email: someone.email,
      Title: someone.title,
    };
    const id = org.insert('Contact', {
      ...values,
      MailingCity: someone.city,
      AccountId: accounts[index % accounts.length],
      OwnerId: owner(index),
    });
    if (index % 3 === 0) task(org, id, owner(index), index);
    if (index % 8 === 0)
      org.insert('Case', {
        Subject: 'Delivery date',
        ContactId: id,
        AccountId: accounts[index % accounts.length],
        Origin: 'Phone',
        OwnerId: owner(index),
      });
  }
  for (let index = 0; index < 15; index += 1) {
    const someone = person(SEED, 500 + index);
    org.insert('Lead', {
      FirstName: someone.firstName,
      LastName: someone.lastName,
      Company: someone.company,
      MobilePhone: someone.phone,
      Email: someone.email,
      City: someone.city,
      LeadSource: index % 2 === 0 ? 'Web' : 'Phone Inquiry',
      OwnerId: owner(index),
    });
  }
}

function task(org: Org, whoId: string, ownerId: string, daysAgo: number): void {
  const day = new Date(org.clock.now().getTime() - daysAgo * DAY).toISOString().slice(0, 10);
  org.insert('Task', { Subject: 'Call', WhoId: whoId, OwnerId: ownerId, Status: 'Completed', ActivityDate: day });
}
