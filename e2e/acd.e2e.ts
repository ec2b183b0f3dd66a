/** A phone system is connected by its administrator: a key, a look-up, a try; and callers are answered while the org cannot be reached. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const ADMIN = 'admin@sandbox.test';
const USERS = [ADMIN, 'standby@sandbox.test'];
const CALLER = '+1 203 555 0184';

let stack: TestStack;
let browser: Browser;
let admin: UserPage;
let page: Page;
let key: string;

picturesOfFailures('acd', () => browser);

beforeAll(async () => {
  stack = await startTestStack();
  const rest = await stack.api.rest(ADMIN);
  const soql = `SELECT Id FROM User WHERE Username = '${ADMIN}'`;
  const { records } = await rest<{ records: { Id: string }[] }>('GET', `/query?q=${encodeURIComponent(soql)}`);
  await rest('PATCH', `/sobjects/User/${records[0]?.Id}`, { Extension: '2001' });
  await rest('POST', '/sobjects/Contact', { FirstName: 'Ada', LastName: 'Caller', Phone: '(203) 555-0184' });
  browser = await launchBrowser();
  admin = await openUserPage(browser, { url: stack.url, username: ADMIN });
  page = admin.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

async function look(name: string): Promise<void> {
  await screenshot(page, `acd-${name}`);
  await expectAccessible(page);
}

/** As the phone system asks: the first line of plain text. */
async function ask(caller: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://localhost:${stack.ports.service}/v1/acd/lookup?caller=${encodeURIComponent(caller)}`, {
    headers: { accept: 'text/plain', authorization: `Bearer ${key}` },
  });
  return { status: answer.status, text: await answer.text() };
}

async function tryIt(caller: string, expected: string): Promise<void> {
  await page.getByLabel('Caller', { exact: true }).fill(caller);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText(expected, { exact: true }).waitFor();
}

describe('an administrator connects a phone system', () => {
  it('adds it, and gets its key', async () => {
    await admin.open('/lightning/n/Switchboard_Setup');
    await page.getByRole('link', { name: 'Phone system', exact: true }).click();
    await page.getByRole('heading', { name: 'No phone system yet' }).waitFor();
    await look('empty');
    await page.getByRole('button', { name: 'Add phone system' }).click();
    const form = page.getByRole('dialog', { name: 'Add phone system' });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Complete this field').first().waitFor();
    await form.getByLabel('Name').fill('Main office');
    await form.getByRole('combobox', { name: 'Country' }).click();
    await form.getByRole('option', { name: 'United States', exact: true }).click();
    await form.getByLabel('Cut off').fill('nine');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Holds digits only.').waitFor();
    await look('form');
    await form.getByLabel('Cut off').fill('9');
    await form.getByRole('button', { name: 'Save' }).click();
    const shown = page.getByRole('dialog', { name: 'Key of Main office' });
    key = (await shown.getByText(/^sb_acd_/).textContent()) ?? '';
    await look('key');
    await shown.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('row', { name: /Main office/ }).waitFor();
    await expect.poll(() => ask(CALLER), { timeout: 30_000 }).toEqual({ status: 200, text: '2001' });
  }, 90_000);

  it('defines a look-up and tries it', async () => {
    await page.getByRole('button', { name: 'Add look-up' }).click();
    const form = page.getByRole('dialog', { name: 'Add look-up' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Hotline');
    await form.getByText('Answer when no look-up is named').click();
    await form.getByLabel('Default route').fill('queue-500');
    await look('look-up');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Hotline/ }).waitFor();
    await tryIt('92035550184', 'Rings 2001.');
    await page.getByText('Contact found by Phone. The extension is the owner’s.').first().waitFor();
    await tryIt('anonymous', 'Rings queue-500.');
    await page.getByText(/^Up to date as of/).waitFor();
    await look('tried');
  }, 60_000);
});

it('callers are answered while nobody can reach the org', async () => {
  for (const user of USERS) await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/users/${user}/revoke`, { method: 'POST' });
  expect(await ask(CALLER)).toEqual({ status: 200, text: '2001' });
  expect(await ask('+4930123456')).toEqual({ status: 200, text: 'queue-500' });
}, 30_000);

it('every look-up is in the log, with masked numbers', async () => {
  await page.getByRole('button', { name: 'Reload' }).click();
  await page
    .getByRole('row', { name: /120••••••84/ })
    .first()
    .waitFor();
  expect(await page.getByText('2035550184').count()).toBe(0);
  await look('log');
}, 30_000);
