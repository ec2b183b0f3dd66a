import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Check, Finding, Project } from './check.ts';
import { CHECKS, runCheck, type Outcome } from './checks.ts';
import { apexRulesCheck } from './apex-rules.ts';
import { metadataCheck } from './metadata.ts';
import { openProject } from './project.ts';

/**
 * What is planted in bad/, as `end of the file name:line part of the message`. Each check must report all of its own. A rule whose
 * defect is no longer reported is a rule that no longer works.
 */
const PLANTED: Record<string, string[]> = {
  'json-schemas': [
    'sfdx-project.json:1 packagesDirectories',
    'sfdx-project.json:1 sourceApiVersion',
    'project-scratch-def.json:1 /edition',
  ],
  metadata: [
    'Broken.customPermission-meta.xml:3 not well-formed',
    'Thing.widget-meta.xml:1 unknown file suffix .widget',
    'Wrong.queue-meta.xml:2 root element is Group',
    'Bad__c.object-meta.xml:11 unknown element enableTelepathy',
    'Bad__c.object-meta.xml:21 sharingModel has no value "ReadWrit"',
    'Amount__c.field-meta.xml:7 precision must be a number',
    'Flag__c.field-meta.xml:8 unique must be true or false',
    'Kind__c.field-meta.xml:8 type has no value "Txt"',
    'Twice__c.field-meta.xml:7 duplicate element label',
    'Bad.permissionset-meta.xml:5 unknown element default',
    'Bad.permissionset-meta.xml:26 fieldPermissions is not grouped together',
    'Bad.permissionset-meta.xml:40 objectPermissions lacks allowDelete',
    'Bad.namedCredential-meta.xml:9 namedCredentialType has no value',
    'CustomLabels.labels-meta.xml:8 white space around the value',
  ],
  'apex-syntax': ['BadSyntax.cls:3 mismatched input'],
  'query-names': [
    "BadQueries.cls:5 no field 'Amont__c' on Bad__c",
    "BadQueries.cls:6 no field 'Fone' on Contact",
    'BadQueries.cls:7 (Contact__r.Nmae)',
    "BadQueries.cls:8 no object 'Contct'",
    "BadQueries.cls:9 no field 'Nmae'",
    "BadQueries.cls:10 no field 'Nmae'",
    "BadQueries.cls:11 no child relationship 'Baads__r'",
    "BadQueries.cls:12 no field 'Phon' on Contact",
  ],
  'apex-types': [
    'BadTypes.cls:4 Incompatible types',
    'BadTypes.cls:5 No type declaration',
    'BadTypes.cls:6 No matching method',
    'BadTypes.cls:7 No matching method',
  ],
  'apex-rules': [
    'BadOrphan.cls:1 has no -meta.xml',
    'BadOrphan.cls:1 has no test class',
    'BadRules.cls:1 must have API version',
    'BadRules.cls:2 must be "with sharing"',
    'BadRules.cls:4 @future needs',
    'BadRules.cls:4 carry an ApexDoc comment',
    'BadRules.cls:10 must return a list or void',
    'BadRules.cls:10 takes one list',
    'BadRules.cls:16 one @InvocableMethod only',
    'BadRules.cls:17 debug log',
    'BadRules.cls:23 cacheable method must only read',
    'BadRules.cls:23 "as user"',
    'BadRules.cls:24 cacheable method must only read',
    'BadRules.cls:24 AccessLevel.USER_MODE',
    'BadRules.cls:25 WITH USER_MODE',
    'BadRulesTest.cls:6 Test.startTest() must stand before the mock',
    'BadRulesTest.cls:14 Test.startTest() must stand before the mock',
  ],
  'aura-shapes': [
    'BadShapes.cls:6 WITH USER_MODE',
    'BadShapes.cls:11 begins with Access.require',
    'BadShapes.cls:18 bare parameter',
    'BadRules.cls:23 one statement',
  ],
  references: [
    'badImports.js:2 BadRules.missing',
    'badImports.js:3 c.Bad_Missing',
    'badImports.js:4 no field Missing__c',
    'badImports.js:5 custom permission Missing',
    'badImports.js:6 exports no getRecordd',
    'badImports.js:7 no module lightning/nothing',
    'badImports.js:8 c/badMeta exports no nothing',
    'badImports.js:9 no component c/badNothing',
    'badImports.js:10 no file ./missingFile',
    'badImports.js:11 no file ./missingFile',
    'badImports.js:12 unknown module left-pad',
    'badImports.html:2 <c-bad-nothing>',
    'badImports.html:3 <lightning-nothing>',
    'badImports.html:4 no handler handleNothing',
    'Bad.permissionset-meta.xml:3 no app',
    'Bad.permissionset-meta.xml:8 no class',
    'Bad.permissionset-meta.xml:12 no custom permission',
    'Bad.permissionset-meta.xml:16 no principal Bad-Missing',
    'Bad.permissionset-meta.xml:20 no field Bad__c.Missing__c',
    'Bad.permissionset-meta.xml:26 cannot be granted',
    'Bad.permissionset-meta.xml:31 allowEdit needs allowRead',
    'Bad.permissionset-meta.xml:40 no object Missing__c',
    'Bad.permissionset-meta.xml:48 no tab',
    'Bad.permissionset-meta.xml:52 no user permission FlyToTheMoon',
    'Bad.app-meta.xml:3 is a page of Contact, not of Lead',
    'Bad.app-meta.xml:11 no tab Missing',
    'Bad.app-meta.xml:12 no utility bar',
    'Hidden.tab-meta.xml:4 lacks the target lightning__Tab',
    'Missing__c.tab-meta.xml:2 no object',
    'Bad_Page.flexipage-meta.xml:6 no component badNowhere',
    'Bad_Page.flexipage-meta.xml:12 badMeta is not exposed',
    'Bad_Page.flexipage-meta.xml:13 used twice',
    'Bad__c-Bad Layout.layout-meta.xml:7 no field Nowhere__c',
    'Bad__c-Bad Layout.layout-meta.xml:1 Must__c is required',
    'Bad__c.object-meta.xml:2 has no description',
    'Bad__c.object-meta.xml:3 no Lightning page',
    'Bad__c.object-meta.xml:9 no compact layout',
    'Bad__c.object-meta.xml:19 no field Nowhere__c',
    'All.listView-meta.xml:4 no field Nowhere__c',
    'NoObject.queue-meta.xml:5 no object',
    'Bad.namedCredential-meta.xml:5 no external credential',
    'Flag__c.field-meta.xml:2 Checkbox needs a defaultValue',
    'Long__c.field-meta.xml:2 length of a LongTextArea',
    'Long__c.field-meta.xml:2 needs visibleLines',
    'Named__c.field-meta.xml:2 differs from the file name',
    'Owner_Of__c.field-meta.xml:2 label is longer than 40',
    'Owner_Of__c.field-meta.xml:2 no object Nothing__c',
    'Short__c.field-meta.xml:2 length of a Text',
    'second/labels/CustomLabels.labels-meta.xml:3 exists already',
  ],
  'lwc-meta': [
    'badMeta.js-meta.xml:2 must have API version',
    'badMeta.js-meta.xml:2 is not exposed',
    'badMeta.js-meta.xml:6 lightning__RecordPge',
    'badMeta.js-meta.xml:9 targetConfig names lightning__AppPage',
    'badMeta.js-meta.xml:10 no property type Strng',
    'badOrphan.js-meta.xml:1 is missing',
  ],
  'lwc-compile': ['badOrphan.html:2 LWC1127', 'badOrphan.js:4 LWC1099'],
};

const reports = ({ file, line, message }: Finding, planted: string): boolean => {
  const [, place = '', number = '', text = ''] = /^(.+?):(\d+) (.*)$/.exec(planted) ?? [];
  return file.endsWith(place) && line === Number(number) && message.includes(text);
};

describe('each check reports what is planted for it', () => {
  const bad = openProject(path.join(import.meta.dirname, 'bad'));

  test('every check has something planted', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(CHECKS.map(({ name }) => name).sort());
  });

  for (const check of CHECKS) {
    test(check.name, { timeout: 60_000 }, async (context) => {
      const outcome = await runCheck(check, bad);
      if (outcome.status === 'skipped') return context.skip(outcome.reason);

      expect(outcome.reason).toBeUndefined();
      expect(outcome.status).toBe('failed');
      const missed = (PLANTED[check.name] ?? []).filter((planted) => !outcome.findings.some((finding) => reports(finding, planted)));
      expect(missed).toEqual([]);
    });
  }

  test('mocks that are set in time are left alone', async () => {
    const { findings } = await runCheck(apexRulesCheck, bad);

    expect(findings.filter(({ file, line }) => file.endsWith('BadRulesTest.cls') && (line ?? 0) > 14)).toEqual([]);
  });

  test('queries that are good are left alone', async () => {
    const check = CHECKS.find(({ name }) => name === 'query-names') as Check;
    const { findings } = await runCheck(check, bad);

    expect(findings.map(({ line }) => line).filter((line) => line > 12)).toEqual([]);
  });
});

describe('the package itself is clean', () => {
  const project = openProject(path.resolve(import.meta.dirname, '../..'));

  for (const check of CHECKS) {
    test(check.name, { timeout: 60_000 }, async (context) => {
      const outcome = await runCheck(check, project);
      if (outcome.status === 'skipped') return context.skip(outcome.reason);

      expect({ findings: outcome.findings, reason: outcome.reason }).toEqual({ findings: [], reason: undefined });
      expect(outcome.status).toBe('ok');
    });
  }
});

describe('the external client app', () => {
  test('fits the metadata types, templates included', async () => {
    const root = path.resolve(import.meta.dirname, '../../eca');
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /-meta\.xml(\.template)?$/.test(file));
    const texts = new Map(sources.map((file) => [file.replace(/\.template$/, ''), readFileSync(path.join(root, file), 'utf8')]));
    const project: Project = { root, files: [...texts.keys()], has: (file) => texts.has(file), read: (file) => texts.get(file) ?? '' };

    expect(texts.size).toBe(5);
    expect((await runCheck(metadataCheck, project)).findings).toEqual([]);
  });
});

describe('running a check', () => {
  const nothing: Project = { root: '/', files: [], has: () => false, read: () => '' };

  test('a check that breaks is no pass', async () => {
    const outcome = await runCheck(
      {
        name: 'breaks',
        run: () => {
          throw new Error('out of order');
        },
      },
      nothing,
    );

    expect(outcome.status).toBe('failed');
    expect(outcome.reason).toContain('out of order');
  });

  test('a check that cannot run says why', async () => {
    const outcome = await runCheck({ name: 'absent', run: () => ({ skipped: 'no Java' }) }, nothing);

    expect(outcome).toMatchObject({ status: 'skipped', reason: 'no Java', findings: [] });
  });

  describe('classes that are too long', () => {
    let outcome: Outcome;
    beforeAll(async () => {
      const source = `/** Long. */\npublic with sharing class Long {\n${'    // a line\n'.repeat(300)}}\n`;
      const files = ['force-app/main/core/classes/Long.cls', 'force-app/main/core/classes/Long.cls-meta.xml'];
      outcome = await runCheck(apexRulesCheck, {
        ...nothing,
        files,
        has: (file) => files.includes(file),
        read: (file) => (file.endsWith('.cls') ? source : '<apiVersion>65.0</apiVersion>'),
      });
    });

    test('are reported', () => {
      expect(outcome.findings.map(({ message }) => message)).toContain('has 303 lines, at most 300 are allowed');
    });
  });
});
