import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

interface Problem {
  errorCode: string;
  message: string;
}

describe('SOQL', () => {
  let t: TestOrg;
  let acme: string;
  const names = async (where: string) =>
    (await t.soql(`SELECT LastName FROM Contact WHERE ${where} ORDER BY LastName`)).map((row) => row['LastName']).join('');
  const problem = async (query: string): Promise<Problem> => {
    const reply = await t.call<Problem[]>('GET', `/query?q=${encodeURIComponent(query)}`);
    expect(reply.status).toBe(400);
    return reply.body[0] as Problem;
  };

  beforeAll(async () => {
    t = await startTestOrg({ clock: { now: () => new Date('2026-11-22T10:00:00Z') } });
    acme = t.org.insert('Account', { Name: 'Acme' });
    const rows: [string, string | null, string | null, boolean][] = [
      ['A', 'Boss', 'Web', true],
      ['B', 'Clerk', 'Web', false],
      ['C', null, 'Other', true],
      ['D', 'Boss', null, false],
    ];
    for (const [LastName, Title, LeadSource, DoNotCall] of rows) {
      t.org.insert('Contact', { LastName, Title, LeadSource, DoNotCall, AccountId: LastName < 'C' ? acme : null, Birthdate: '1980-01-02' });
    }
  });
  afterAll(() => t.close());

  it('keeps parentheses: (A OR B) AND C differs from A OR (B AND C)', async () => {
    expect(await names("(Title = 'Boss' OR LeadSource = 'Other') AND DoNotCall = TRUE")).toBe('AC');
    expect(await names("Title = 'Boss' OR (LeadSource = 'Other' AND DoNotCall = TRUE)")).toBe('ACD');
    expect(await names("((Title = 'Boss') AND ((DoNotCall = FALSE)))")).toBe('D');
    expect(await names("(Title = 'Boss' AND (LeadSource = 'Web' OR (DoNotCall = FALSE AND LastName = 'D'))) OR LastName = 'B'")).toBe(
      'ABD',
    );
  });

  it('refuses AND and OR side by side without parentheses', async () => {
    const error = await problem("SELECT Id FROM Contact WHERE Title = 'Boss' OR LastName = 'B' AND DoNotCall = TRUE");
    expect(error.errorCode).toBe('MALFORMED_QUERY');
    expect(error.message).toContain('unexpected token: AND');
  });

  it('negates with two truth values: rows without a value are not equal', async () => {
    expect(await names("Title != 'Boss'")).toBe('BC');
    expect(await names("NOT Title = 'Boss'")).toBe('BC');
    expect(await names("(NOT (Title = 'Boss' OR LastName = 'B')) AND Id != null")).toBe('C');
    expect(await names("Title NOT IN ('Boss')")).toBe('BC');
    expect(await names('Title = null')).toBe('C');
    expect(await names("Title != ''")).toBe('ABD');
  });

  it('compares text without regard to letter case, beyond ASCII too', async () => {
    t.org.insert('Contact', { LastName: 'Ångström', FirstName: 'Øystein', Title: "O'Neil\\x" });
    expect(await names("LastName = 'ÅNGSTRÖM'")).toBe('Ångström');
    expect(await names("FirstName LIKE 'øy%'")).toBe('Ångström');
    expect(await names("Title = 'o\\'neil\\\\X'")).toBe('Ångström');
    expect(await names("title in ('BOSS', 'clerk')")).toBe('ABD');
    expect(await names("Title LIKE 'b_ss'")).toBe('AD');
    expect(await names("Title LIKE 'b\\_ss'")).toBe('');
  });

  it('follows parents upwards and children downwards, semi- and anti-joins', async () => {
    const [row] = await t.soql("SELECT Name, Account.Name, Account.Owner.Username, Account.Parent.Name FROM Contact WHERE LastName = 'A'");
    expect(row).toMatchObject({ Name: 'A', Account: { Name: 'Acme', Owner: { Username: 'admin@sandbox.test' }, Parent: null } });
    const [orphan] = await t.soql("SELECT Account.Name FROM Contact WHERE LastName = 'C'");
    expect(orphan?.['Account']).toBeNull();
    const [parent] = await t.soql(
      `SELECT Id, (SELECT LastName FROM Contacts WHERE DoNotCall = FALSE ORDER BY LastName DESC LIMIT 1), (SELECT Id FROM Cases) FROM Account`,
    );
    expect(parent).toMatchObject({ Contacts: { totalSize: 1, done: true, records: [{ LastName: 'B' }] }, Cases: null });
    expect(await names("AccountId IN (SELECT Id FROM Account WHERE Name LIKE 'ac%')")).toBe('AB');
    expect(await names('AccountId NOT IN (SELECT Id FROM Account)')).toBe('CDÅngström');
    expect(await t.soql("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LastName = 'A')")).toHaveLength(1);
    expect(await t.soql('SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact)')).toHaveLength(0);
    expect(await names("Account.Name = 'acme' AND Contact.LastName = 'A'")).toBe('A');
  });

  it('shows polymorphic owners', async () => {
    const queue = t.org.query("SELECT Id FROM Group WHERE DeveloperName = 'Switchboard_Inbox'")[0]?.['Id'];
    t.org.insert('Conversation__c', {
      Name: 'queued',
      ExternalId__c: 'q',
      OwnerId: queue,
      CustomerNumber__c: '+14155550100',
      OurNumber__c: '+14155550199',
    });
    t.org.insert('Conversation__c', { Name: 'owned', ExternalId__c: 'o', CustomerNumber__c: '+14155550101', OurNumber__c: '+14155550199' });
    const rows = await t.soql('SELECT Owner.Name, Owner.Type FROM Conversation__c ORDER BY Name');
    expect(rows.map((row) => row['Owner'])).toMatchObject([
      { attributes: { type: 'Name' }, Name: 'Ada Admin', Type: 'User' },
      { Name: 'Switchboard Inbox', Type: 'Queue' },
    ]);
    const [first] = await t.soql(
      "SELECT TYPEOF Owner WHEN User THEN Username WHEN Group THEN DeveloperName ELSE Name END FROM Conversation__c WHERE Owner.Type = 'Queue'",
    );
    expect(first?.['Owner']).toMatchObject({ attributes: { type: 'Group' }, DeveloperName: 'Switchboard_Inbox' });
  });

  it('aggregates and groups', async () => {
    const rows = await t.soql(
      "SELECT Title, COUNT(Id) n, COUNT(LeadSource), MAX(LastName) FROM Contact WHERE LastName < 'E' GROUP BY Title HAVING COUNT(Id) >= 1 ORDER BY Title NULLS LAST",
    );
    expect(rows.map((row) => [row['Title'], row['n'], row['expr0'], row['expr1']])).toEqual([
      ['Boss', 2, 1, 'D'],
      ['Clerk', 1, 1, 'B'],
      [null, 1, 1, 'C'],
    ]);
    const total = await t.call('GET', `/query?q=${encodeURIComponent('SELECT COUNT() FROM Contact')}`);
    expect(total.body).toEqual({ totalSize: 5, done: true, records: [] });
    expect(await t.soql('SELECT COUNT_DISTINCT(Title) d FROM Contact')).toMatchObject([{ d: 3 }]);
    expect(
      await t.soql('SELECT CALENDAR_YEAR(Birthdate) y, COUNT(Id) n FROM Contact GROUP BY CALENDAR_YEAR(Birthdate) ORDER BY COUNT(Id) DESC'),
    ).toMatchObject([
      { y: 1980, n: 4 },
      { y: null, n: 1 },
    ]);
    expect((await problem('SELECT LastName, COUNT(Id) FROM Contact GROUP BY Title')).message).toContain('must be grouped or aggregated');
  });

  it('reads date literals in the days of the user', async () => {
    expect(await names("CreatedDate = TODAY AND LastName < 'E'")).toBe('ABCD');
    expect(await names('CreatedDate > LAST_N_DAYS:3 OR CreatedDate < THIS_WEEK')).toBe('');
    expect(await names("CreatedDate >= 2026-11-22T09:00:00Z AND CreatedDate <= 2026-11-22T11:00:00+01:00 AND LastName = 'A'")).toBe('A');
    expect(await names("Birthdate = 1980-01-02 AND LastName = 'B'")).toBe('B');
    expect((await problem("SELECT Id FROM Contact WHERE CreatedDate > '2026-01-01'")).message).toContain(
      'should not be enclosed in quotes',
    );
    expect((await problem('SELECT Id FROM Contact WHERE LastName = 5')).message).toContain('should be enclosed in quotes');
  });

  it('orders nulls first unless told, limits and skips', async () => {
    const order = async (clause: string) =>
      (await t.soql(`SELECT LastName FROM Contact WHERE LastName < 'E' ORDER BY ${clause}`)).map((row) => row['LastName']).join('');
    expect(await order('Title, LastName')).toBe('CADB');
    expect(await order('Title DESC NULLS LAST, LastName DESC')).toBe('BDAC');
    expect(await order('LastName LIMIT 2 OFFSET 1')).toBe('BC');
    expect((await problem('SELECT Id FROM Contact LIMIT 1 OFFSET 2001')).errorCode).toBe('NUMBER_OUTSIDE_VALID_RANGE');
  });

  it('names what it does not understand', async () => {
    expect((await problem('SELECT Id, Nope FROM Contact')).message).toMatch(
      /ERROR at Row:1:Column:12\nNo such column 'Nope' on entity 'Contact'/,
    );
    expect((await problem('SELECT Id FROM Nope')).errorCode).toBe('INVALID_TYPE');
    expect((await problem('SELECT Nope__r.Name FROM Contact')).message).toContain("Didn't understand relationship 'Nope__r'");
    expect((await problem('SELECT Id FROM Contact WHERE')).errorCode).toBe('MALFORMED_QUERY');
    expect((await problem('SELECT FROM Contact')).message).toContain('unexpected token');
    expect((await problem('SELECT Id, Id FROM Contact')).message).toContain('duplicate field selected');
    expect((await problem("SELECT Id FROM Message__c WHERE Body__c = 'x'")).message).toContain(
      "field 'Body__c' can not be filtered in a query call",
    );
    expect((await problem('SELECT Id FROM Message__c ORDER BY Body__c')).message).toContain('can not be sorted');
    expect((await problem('SELECT FIELDS(ALL) FROM Contact')).errorCode).toBe('MALFORMED_QUERY');
    expect((await problem("SELECT Id FROM Contact WHERE Id = 'x'")).errorCode).toBe('INVALID_QUERY_FILTER_OPERATOR');
    expect((await problem('SELECT Id FROM ConversationChanged__e')).errorCode).toBe('INVALID_TYPE_FOR_OPERATION');
  });

  it('accepts access clauses, aliases, FIELDS and short ids', async () => {
    expect(await t.soql("SELECT c.LastName FROM Contact c WHERE c.LastName = 'A' WITH USER_MODE LIMIT 1")).toMatchObject([
      { LastName: 'A' },
    ]);
    expect(await t.soql('SELECT FIELDS(ALL) FROM Account WITH SECURITY_ENFORCED LIMIT 200')).toMatchObject([
      { Name: 'Acme', IsDeleted: false },
    ]);
    expect(await t.soql(`SELECT Id FROM Account WHERE Id = '${acme.slice(0, 15)}'`)).toMatchObject([{ Id: acme }]);
    expect(await t.soql('SELECT PermissionsModifyAllData FROM UserPermissionAccess', 'agent@sandbox.test')).toMatchObject([
      { PermissionsModifyAllData: false },
    ]);
  });
});
