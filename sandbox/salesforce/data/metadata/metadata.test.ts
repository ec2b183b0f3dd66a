/** Metadata rules that force-app has no example of, tried with small folders of our own; and the list of error codes. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

const fieldXml = (name: string, type: string, more = '') =>
  `<?xml version="1.0"?><CustomField xmlns="http://soap.sforce.com/2006/04/metadata"><fullName>${name}</fullName><label>${name}</label><type>${type}</type>${more}</CustomField>`;
const objectXml = (more = '') =>
  `<?xml version="1.0"?><CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><label>Thing</label><pluralLabel>Things</pluralLabel>${more}</CustomObject>`;
const textName = '<nameField><label>Thing name</label><type>Text</type></nameField>';

const FILES: Record<string, string> = {
  'objects/Thing__c/Thing__c.object-meta.xml': objectXml(`${textName}<sharingModel>Read</sharingModel>`),
  'objects/Thing__c/fields/ExtId__c.field-meta.xml': fieldXml('ExtId__c', 'Text', '<length>20</length><externalId>true</externalId>'),
  'objects/Thing__c/fields/Case__c.field-meta.xml': fieldXml(
    'Case__c',
    'Text',
    '<length>5</length><unique>true</unique><caseSensitive>true</caseSensitive>',
  ),
  'objects/Thing__c/fields/Level__c.field-meta.xml': fieldXml(
    'Level__c',
    'Picklist',
    '<valueSet><restricted>false</restricted><valueSetDefinition><value><fullName>Low</fullName><default>true</default></value><value><fullName>High</fullName></value></valueSetDefinition></valueSet>',
  ),
  'objects/Thing__c/fields/Share__c.field-meta.xml': fieldXml(
    'Share__c',
    'Percent',
    '<precision>5</precision><scale>2</scale><defaultValue>12.5</defaultValue>',
  ),
  'objects/Thing__c/fields/Tags__c.field-meta.xml': fieldXml('Tags__c', 'MultiselectPicklist'),
  'objects/Part__c/Part__c.object-meta.xml': objectXml(
    '<nameField><type>AutoNumber</type><displayFormat>P{000}</displayFormat></nameField>',
  ),
  'objects/Part__c/fields/Keeper__c.field-meta.xml': fieldXml(
    'Keeper__c',
    'Lookup',
    '<referenceTo>Thing__c</referenceTo><relationshipName>Parts</relationshipName><deleteConstraint>Restrict</deleteConstraint>',
  ),
  'objects/Contact/fields/Region__c.field-meta.xml': fieldXml('Region__c', 'Text', '<length>10</length>'),
  'objects/Done__e/Done__e.object-meta.xml': objectXml('<publishBehavior>PublishAfterCommit</publishBehavior>'),
  'objects/Done__e/fields/What__c.field-meta.xml': fieldXml('What__c', 'Text', '<length>10</length><required>true</required>'),
  'permissionsets/All.permissionset-meta.xml': `<?xml version="1.0"?><PermissionSet><label>All</label>${[
    'Thing__c.ExtId__c',
    'Thing__c.Case__c',
    'Thing__c.Level__c',
    'Thing__c.Share__c',
    'Thing__c.Tags__c',
    'Part__c.Keeper__c',
    'Contact.Region__c',
  ]
    .map((name) => `<fieldPermissions><field>${name}</field><readable>true</readable><editable>true</editable></fieldPermissions>`)
    .join('')}</PermissionSet>`,
};

interface Problem {
  errorCode: string;
  message: string;
}

describe('metadata rules', () => {
  let folder: string;
  let t: TestOrg;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchboard-meta-'));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    t = await startTestOrg({ sourceDir: folder });
    const set = String(t.org.query("SELECT Id FROM PermissionSet WHERE Name = 'All'")[0]?.['Id']);
    await t.call('POST', '/sobjects/PermissionSetAssignment', { body: { AssigneeId: t.userId(ADMIN), PermissionSetId: set } });
  });
  afterAll(async () => {
    await t.close();
    rmSync(folder, { recursive: true });
  });
  const code = async (method: string, path: string, body?: unknown) => (await t.call<Problem[]>(method, path, { body })).body[0]?.errorCode;

  it('answers 300 with the addresses when an external id is not unique', async () => {
    for (const Name of ['a', 'b']) t.org.insert('Thing__c', { Name, ExtId__c: 'same' });
    const reply = await t.call<string[]>('PATCH', '/sobjects/Thing__c/ExtId__c/SAME', { body: { Name: 'c' } });
    expect([reply.status, reply.body.length]).toEqual([300, 2]);
    expect(reply.body[0]).toMatch(/^\/services\/data\/v65.0\/sobjects\/Thing__c\/a0/);
    const record = { attributes: { type: 'Thing__c' }, ExtId__c: 'same', Name: 'c' };
    const list = await t.call('PATCH', '/composite/sobjects/Thing__c/ExtId__c', { body: { records: [record] } });
    expect(list.body).toMatchObject([{ success: false, errors: [{ statusCode: 'DUPLICATE_EXTERNAL_ID' }] }]);
  });

  it('fills defaults, rounds, keeps open picklists open and compares case where told', async () => {
    const id = t.org.insert('Thing__c', { Name: 'defaults', Case__c: 'abc' });
    expect(await t.soql(`SELECT Level__c, Share__c FROM Thing__c WHERE Id = '${id}'`)).toMatchObject([{ Level__c: 'Low', Share__c: 12.5 }]);
    expect(await code('POST', '/sobjects/Thing__c', { Name: 'x', Case__c: 'abc' })).toBe('DUPLICATE_VALUE');
    const other = t.org.insert('Thing__c', { Name: 'x', Case__c: 'ABC', Level__c: 'Unheard of', Share__c: 1.239, Tags__c: 'red;blue' });
    expect(await t.soql(`SELECT Level__c, Share__c FROM Thing__c WHERE Id = '${other}'`)).toMatchObject([
      { Level__c: 'Unheard of', Share__c: 1.24 },
    ]);
    expect(await t.soql("SELECT Id FROM Thing__c WHERE Tags__c INCLUDES ('blue;red', 'green')")).toMatchObject([{ Id: other }]);
    expect(await code('POST', '/sobjects/Thing__c', { Name: 'x', Share__c: 1000 })).toBe('NUMBER_OUTSIDE_VALID_RANGE');
    const unnamed = t.org.insert('Thing__c', {});
    expect(t.org.row('Thing__c', unnamed)?.['Name']).toBe(unnamed.slice(0, 15));
  });

  it('lets a restricting look-up keep its target, and numbers records', async () => {
    const thing = t.org.insert('Thing__c', { Name: 'kept' });
    const part = t.org.insert('Part__c', { Keeper__c: thing });
    expect(t.org.row('Part__c', part)?.['Name']).toBe('P001');
    expect(await code('DELETE', `/sobjects/Thing__c/${thing}`)).toBe('DELETE_FAILED');
    expect((await t.call('DELETE', `/sobjects/Part__c/${part}`)).status).toBe(204);
    expect((await t.call('DELETE', `/sobjects/Thing__c/${thing}`)).status).toBe(204);
  });

  it('adds own fields to standard objects', async () => {
    t.org.insert('Contact', { LastName: 'x', Region__c: 'North' });
    expect(await t.soql("SELECT Region__c FROM Contact WHERE Region__c = 'north'")).toMatchObject([{ Region__c: 'North' }]);
  });

  it('publishes after commit only what was committed', async () => {
    const V = '/services/data/v65.0';
    const parts = (name: string | undefined) => [
      { method: 'POST', url: `${V}/sobjects/Done__e`, referenceId: 'e', body: { What__c: 'x' } },
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'a', body: { Name: name } },
    ];
    await t.call('POST', '/composite', { body: { allOrNone: true, compositeRequest: parts(undefined) } });
    expect(t.org.events.replay('/event/Done__e', -2)).toHaveLength(0);
    await t.call('POST', '/composite', { body: { allOrNone: true, compositeRequest: parts('ok') } });
    expect(t.org.events.replay('/event/Done__e', -2)).toHaveLength(1);
    expect(await code('POST', '/sobjects/Done__e', {})).toBe('REQUIRED_FIELD_MISSING');
  });
});

describe('error codes', () => {
  it('are those of the enumerations of the vendor, but for the ones that only REST has', () => {
    const wsdl = readFileSync(fileURLToPath(new URL('../../../../node_modules/jsforce/src/api/soap/wsdl.xml', import.meta.url)), 'utf8');
    const known = new Set([...wsdl.matchAll(/<enumeration value="(?:fns:)?(\w+)"/g)].map((match) => match[1]));
    const restOnly = [
      'NOT_FOUND',
      'METHOD_NOT_ALLOWED',
      'REQUEST_ENTITY_TOO_LARGE',
      'API_ERROR',
      'INVALIDENTITY',
      'INVALIDJOB',
      'INVALIDJOBSTATE',
      'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
    ];
    const root = fileURLToPath(new URL('..', import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const used = sources.flatMap((name) =>
      [...readFileSync(join(root, name), 'utf8').matchAll(/SalesforceError\(\s*[\w.]+,\s*'([^']+)'/g)].map((match) => match[1] as string),
    );
    expect(new Set(used).size).toBeGreaterThan(30);
    expect([...new Set(used)].filter((entry) => !known.has(entry) && !restOnly.includes(entry))).toEqual([]);
  });
});
