import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openUserPage, type UserPage } from '../../e2e/support/browser.ts';
import { startStage, type Stage } from '../../e2e/support/page.ts';
import { createTestProject, shareVendor, type TestProject } from '../../tools/lwc/test-project.ts';
import { buildVendor } from '../../tools/lwc/vendor.ts';

const BUILD_MS = 180_000;
const SCRIPT = (text: string): string =>
  `import { LightningElement } from 'lwc';\nexport default class Hello extends LightningElement { text: string = '${text}'; }\n`;
const CLASS = (body: string): string =>
  `public with sharing class Reads {\n  @AuraEnabled(cacheable=true)\n  public static List<Contact> contacts() { ${body} }\n}\n`;
const GOOD_CLASS = CLASS('return [SELECT Id FROM Contact WITH USER_MODE];');

let project: TestProject;
let stage: Stage;
let browser: Browser;
let user: UserPage;

beforeAll(async () => {
  project = createTestProject();
  shareVendor(project, (await buildVendor(path.resolve(import.meta.dirname, '../..'))).folder);
  project.component('hello', SCRIPT('first text'), '<template><p>{text}</p></template>');
  project.write('force-app/main/core/classes/Reads.cls', GOOD_CLASS);
  project.write(
    'force-app/main/core/tabs/Hello.tab-meta.xml',
    '<CustomTab><label>Hello</label><lwcComponent>hello</lwcComponent></CustomTab>',
  );
  project.write(
    'force-app/main/core/applications/Test.app-meta.xml',
    '<CustomApplication><label>Test</label><tabs>Hello</tabs></CustomApplication>',
  );
  project.write(
    'force-app/main/core/permissionsets/SwitchboardAgent.permissionset-meta.xml',
    '<PermissionSet><tabSettings><tab>Hello</tab><visibility>Visible</visibility></tabSettings></PermissionSet>',
  );
  [stage, browser] = await Promise.all([startStage({ lightning: { root: project.root, watch: true } }), launchBrowser()]);
  user = await openUserPage(browser, { url: stage.url });
}, BUILD_MS);
afterAll(async () => {
  await browser.close();
  await stage.close();
  project.remove();
});

it('shows a changed component without being asked, and what is wrong with a broken one', async () => {
  const { page } = user;
  await user.open('/lightning/n/Hello');
  await page.getByText('first text').waitFor();

  project.component('hello', SCRIPT('second text'), '<template><p>{text}</p></template>');
  await page.getByText('second text').waitFor();

  project.component('hello', SCRIPT('third text'), '<template><p>{text}</template>');
  await page
    .getByRole('alert')
    .getByText(/force-app\/main\/core\/lwc\/hello\/hello\.html/)
    .waitFor();
  await page.reload(); // the last good build still answers, and still says what is wrong
  await page.getByText('second text').waitFor();
  await page
    .getByRole('alert')
    .getByText(/hello\.html/)
    .waitFor();

  project.component('hello', SCRIPT('fourth text'), '<template><p>{text}</p></template>');
  await page.getByText('fourth text').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
}, 60_000);

it('follows labels, new components and Apex as well', async () => {
  const { page } = user;
  project.labels('core', { Core_Hello: 'A label' });
  project.component('part', `import TEXT from '@salesforce/label/c.Core_Hello';\nexport const text: string = TEXT;\n`, undefined, false);
  project.component(
    'hello',
    `import { LightningElement } from 'lwc';\nimport { text } from 'c/part';\nexport default class Hello extends LightningElement { text = text; }\n`,
    '<template><p>{text}</p></template>',
  );
  await page.getByText('A label').waitFor();
  project.labels('core', { Core_Hello: 'Another label' });
  await page.getByText('Another label').waitFor();

  project.write('force-app/main/core/classes/Reads.cls', CLASS('return null;'));
  await page
    .getByRole('alert')
    .getByText(/Reads\.cls:3: Reads\.contacts: a read is one statement/)
    .waitFor();
  project.write('force-app/main/core/classes/Reads.cls', GOOD_CLASS);
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
}, 60_000);
