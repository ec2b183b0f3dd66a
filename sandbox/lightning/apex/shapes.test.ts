import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCatalogue } from './catalogue.ts';
import { ApexShapeError, type CommandPlan, type ReadPlan } from './plans.ts';

const ACCESS = `public with sharing class Access {
    public static final String SEND = 'SwitchboardSend';
    private static final Map<String, String> SETS = new Map<String, String>{ SEND => 'Switchboard Agent' };
    public static void require(String permission) {}
}`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'apex-'));
  mkdirSync(path.join(root, 'force-app/main/core/classes'), { recursive: true });
  write('Access', ACCESS);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, source: string): void {
  writeFileSync(path.join(root, `force-app/main/core/classes/${name}.cls`), source);
}

/** A class with one method, planned. */
function plan(method: string, header = 'public with sharing class Sample') {
  write('Sample', `${header} {\n${method}\n}`);
  return [...readCatalogue(root).values()][0];
}

const READ = '@AuraEnabled(cacheable=true) public static List<Contact>';
const COMMAND = '@AuraEnabled public static Object';

describe('a read', () => {
  it('keeps the query, its binds and what stands after WITH USER_MODE', () => {
    const source = `${READ} some(String term, Integer size) {
      return [ SELECT Id, Name FROM Contact WHERE Name LIKE :term AND OwnerId = :UserInfo.getUserId() AND Title = 'a  :b'
        WITH USER_MODE ORDER BY Name LIMIT :size ];
    }`;
    const { query, ...rest } = plan(source) as ReadPlan;
    expect(rest).toMatchObject({ kind: 'read', name: 'Sample.some', language: 'soql', cacheable: true });
    expect(
      query
        .map((part) => (typeof part === 'string' ? part : `<${part.bind}>`))
        .join('')
        .replace(/ +(?=ORDER)/, ' '),
    ).toBe("SELECT Id, Name FROM Contact WHERE Name LIKE <term> AND OwnerId = <userId> AND Title = 'a  :b' ORDER BY Name LIMIT <size>");
  });

  it('takes a static search', () => {
    const source =
      '@AuraEnabled(cacheable=true) public static List<List<SObject>> find(String term) { return [FIND :term IN ALL FIELDS RETURNING Contact(Id), Lead(Id) WITH USER_MODE]; }';
    expect(plan(source)).toMatchObject({ kind: 'read', language: 'sosl', parameters: [{ name: 'term', type: 'String' }] });
  });

  it.each([
    ['no user mode', `${READ} a() { return [SELECT Id FROM Contact]; }`, /WITH USER_MODE/],
    ['a second statement', `${READ} a() { Integer x = 1; return [SELECT Id FROM Contact WITH USER_MODE]; }`, /one statement/],
    ['work on the result', `${READ} a() { return clean([SELECT Id FROM Contact WITH USER_MODE]); }`, /one statement/],
    ['a dynamic query', `${READ} a(String q) { return Database.query(q); }`, /one statement/],
    [
      'a computed bind',
      `${READ} a(String t) { return [SELECT Id FROM Contact WHERE Name = :t.trim() WITH USER_MODE]; }`,
      /bind :t\.trim\(\)/,
    ],
    ['an unknown bind', `${READ} a() { return [SELECT Id FROM Contact WHERE Name = :other WITH USER_MODE]; }`, /bind :other/],
    ['a type that pages cannot send', `${READ} a(Contact c) { return [SELECT Id FROM Contact WITH USER_MODE]; }`, /type Contact/],
    [
      'another annotation value',
      "@AuraEnabled(cacheable=true scope='global') public static List<Contact> a() { return [SELECT Id FROM Contact WITH USER_MODE]; }",
      /cacheable=true/,
    ],
    [
      'an instance method',
      '@AuraEnabled(cacheable=true) public List<Contact> a() { return [SELECT Id FROM Contact WITH USER_MODE]; }',
      /public static/,
    ],
  ])('is refused with %s', (_, source, why) => expect(() => plan(source)).toThrow(why));
});

describe('a command', () => {
  const call = "Access.require(Access.SEND); return ServiceClient.call('POST', '/v1/things/{0}', new List<String>{ id }, body, key);";

  it('keeps permission, verb, path and where each value goes', () => {
    expect(plan(`${COMMAND} go(String id, Map<String, Object> body, String key) { ${call} }`)).toEqual({
      kind: 'command',
      name: 'Sample.go',
      parameters: [
        { name: 'id', type: 'String' },
        { name: 'body', type: 'Map<String,Object>' },
        { name: 'key', type: 'String' },
      ],
      permission: 'SwitchboardSend',
      permissionSet: 'Switchboard Agent',
      verb: 'POST',
      path: '/v1/things/{0}',
      pathValues: ['id'],
      body: 'body',
      key: 'key',
      cacheable: false,
    } satisfies CommandPlan);
  });

  it.each([
    ['no check', "return ServiceClient.call('GET', '/v1/x', new List<String>{}, null, null);", /begins with Access\.require/],
    [
      'an unknown right',
      "Access.require(Access.NOPE); return ServiceClient.call('GET', '/v1/x', new List<String>{}, null, null);",
      /no constant NOPE/,
    ],
    [
      'a check by name',
      "Access.require('SwitchboardSend'); return ServiceClient.call('GET', '/v1/x', new List<String>{}, null, null);",
      /begins with/,
    ],
    [
      'something between',
      "Access.require(Access.SEND); update new Contact(); return ServiceClient.call('GET', '/v1/x', new List<String>{}, null, null);",
      /ends with return/,
    ],
    [
      'a computed path',
      "Access.require(Access.SEND); return ServiceClient.call('GET', '/v1/' + id, new List<String>{}, null, null);",
      /path values/,
    ],
    ['an odd verb', "Access.require(Access.SEND); return ServiceClient.call('HEAD', '/v1/x', new List<String>{}, null, null);", /verb/],
    [
      'a missing place',
      "Access.require(Access.SEND); return ServiceClient.call('GET', '/v1/x', new List<String>{ id }, null, null);",
      /one place/,
    ],
    [
      'a computed body',
      "Access.require(Access.SEND); return ServiceClient.call('POST', '/v1/x', new List<String>{}, new Map<String, Object>{ 'a' => id }, null);",
      /body and idempotency key/,
    ],
    [
      'work on the answer',
      "Access.require(Access.SEND); return clean(ServiceClient.call('GET', '/v1/{0}', new List<String>{ id }, null, null));",
      /ends with return/,
    ],
    [
      'a body that is a text',
      "Access.require(Access.SEND); return ServiceClient.call('POST', '/v1/x', new List<String>{}, id, null);",
      /must be a Map/,
    ],
    [
      'an unused parameter',
      "Access.require(Access.SEND); return ServiceClient.call('GET', '/v1/x', new List<String>{}, null, null);",
      /id is not used/,
    ],
  ])('is refused with %s', (_, body, why) => expect(() => plan(`${COMMAND} go(String id) { ${body} }`)).toThrow(why));
});

describe('a class', () => {
  const method = `${READ} a() { return [SELECT Id FROM Contact WITH USER_MODE]; }`;

  it('must say with sharing', () => expect(() => plan(method, 'public class Sample')).toThrow(/with sharing/));
  it('may not say without sharing', () => expect(() => plan(method, 'public without sharing class Sample')).toThrow(/with sharing/));
  it('may not offer a method twice', () =>
    expect(() => plan(`${method}\n${READ} a(String b) { return [SELECT Id FROM Contact WHERE Name = :b WITH USER_MODE]; }`)).toThrow(
      /twice/,
    ));
  it('may not expose a property', () =>
    expect(() => plan(`${method}\n@AuraEnabled public String name { get; set; }`)).toThrow(/methods only/));

  it('is named with file, line and reason, and every fault at once', () => {
    write('Broken', 'public with sharing class Broken {\n  void a() { if }\n  @AuraEnabled public static Object b() { return null; }\n}');
    write('Sample', `public with sharing class Sample {\n  @AuraEnabled\n  public static Object b() { return null; }\n}`);
    try {
      readCatalogue(root);
      expect.fail('must be refused');
    } catch (error) {
      expect(error).toBeInstanceOf(ApexShapeError);
      const { problems } = error as ApexShapeError;
      expect(problems.some((problem) => problem.startsWith('force-app/main/core/classes/Broken.cls:2: '))).toBe(true);
      expect(problems).toContain('force-app/main/core/classes/Sample.cls:3: Sample.b: a command begins with Access.require(Access.X)');
    }
  });

  it('without @AuraEnabled is none of its business', () => {
    write('Other', 'public class Other { public static void run() { delete [SELECT Id FROM Contact]; } }');
    expect(readCatalogue(root).size).toBe(0);
  });
});

describe('force-app', () => {
  const plans = readCatalogue(path.resolve(import.meta.dirname, '../../..'));

  it('has only methods that the page can follow', () => {
    expect([...plans.keys()]).toEqual(
      expect.arrayContaining([
        'ConversationReads.messages',
        'ConversationReads.search',
        'MessagingController.send',
        'ConnectionsController.reorder',
        'SetupController.serviceEndpoint',
      ]),
    );
    expect(plans.get('MessagingController.send')).toMatchObject({
      verb: 'POST',
      path: '/v1/messages',
      permission: 'SwitchboardSend',
      body: 'message',
      key: 'key',
    });
    expect(plans.get('ConnectionsController.remove')).toMatchObject({
      verb: 'DELETE',
      path: '/v1/connections/{0}?confirm={1}',
      pathValues: ['id', 'confirm'],
    });
  });

  it('names a permission set for every right that a command asks for', () => {
    for (const plan of plans.values())
      if (plan.kind === 'command') expect(plan.permissionSet).toMatch(/^Switchboard (Agent|Supervisor|Admin)$/);
  });
});
