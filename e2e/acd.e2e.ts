/** A phone system is connected by its administrator: a key, a look-up, a try; and callers are answered while the org cannot be reached. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { INITIAL_PASSWORD } from '../sandbox/salesforce/auth/accounts.ts';
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

/** Signs in at Salesforce in the window that the press opens. */
async function connect(button: string): Promise<void> {
  const [popUp] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: button, exact: true }).click()]);
  await popUp.getByRole('heading', { name: 'Connect Salesforce' }).waitFor();
  await popUp.getByRole('button', { name: 'Continue to Salesforce' }).click();
  const [username, allow, done] = [
    popUp.getByLabel('Username'),
    popUp.getByRole('button', { name: 'Allow' }),
    popUp.getByText('The connection is active'),
  ];
  // Salesforce asks for what it does not know yet: who it is, and once whether the app is allowed.
  await username.or(allow).or(done).first().waitFor();
  if ((await username.count()) > 0) {
    await username.fill(ADMIN);
    await popUp.getByLabel('Password').fill(INITIAL_PASSWORD);
    await popUp.getByRole('button', { name: 'Log In' }).click();
    await allow.or(done).first().waitFor();
  }
  if ((await allow.count()) > 0) await allow.click();
  await done.waitFor();
  await screenshot(popUp, 'acd-portal');
  await expectAccessible(popUp);
  await popUp.getByRole('button', { name: 'Copy' }).click();
  await popUp.getByText('Copied').waitFor();
  await popUp.close();
}

describe('an administrator connects a phone system', () => {
  it('connects look-ups to the org', async () => {
    await admin.open('/lightning/n/Switchboard_Setup');
    await page.getByRole('link', { name: 'Phone system', exact: true }).click();
    await page.getByText('Nobody has connected look-ups to this org yet.').waitFor();
    await look('not-connected');
    await connect('Connect');
    await page.getByText('Connected as admin@sandbox.test').waitFor();
    await look('connected');
  }, 60_000);

  it('adds it, and gets its key', async () => {
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

describe('an agent takes a call', () => {
  it('sees the caller’s record, and the call among the calls of the utility bar', async () => {
    const rest = await stack.api.rest(ADMIN);
    const users = await rest<{ records: { Id: string }[] }>(
      'GET',
      `/query?q=${encodeURIComponent("SELECT Id FROM User WHERE Username = 'agent@sandbox.test'")}`,
    );
    await rest('PATCH', `/sobjects/User/${users.records[0]?.Id}`, { Extension: '2002' });
    const contacts = await rest<{ records: { Id: string }[] }>(
      'GET',
      `/query?q=${encodeURIComponent("SELECT Id FROM Contact WHERE LastName = 'Caller'")}`,
    );
    const contact = contacts.records[0]?.Id ?? '';
    await rest('PATCH', `/sobjects/Contact/${contact}`, { OwnerId: users.records[0]?.Id });
    const agent = await openUserPage(browser, { url: stack.url, username: 'agent@sandbox.test' });
    await agent.open('/lightning/n/Switchboard_Console');
    await agent.page.getByRole('button', { name: 'Calls' }).click();
    await agent.page.getByRole('heading', { name: 'No calls yet' }).waitFor();
    const report = (state: string, more: object = {}) =>
      fetch(`http://localhost:${stack.ports.service}/v1/acd/calls/pbx-1`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ state, caller: CALLER, extension: '2002', ...more }),
      });
    // The extension is known here after the next reading of the org.
    await page.getByRole('button', { name: 'Read now' }).click();
    await expect.poll(async () => (await ask(CALLER)).text, { timeout: 30_000 }).toBe('2002');
    expect((await report('answered')).status).toBe(202);
    await agent.page.waitForURL((url) => url.pathname.includes(contact), { timeout: 20_000 });
    await agent.page.getByText('Call from Ada Caller').first().waitFor();
    await screenshot(agent.page, 'acd-call');
    await expectAccessible(agent.page);
    await report('ended', { seconds: 42 });
    await agent.page.context().close();
  }, 90_000);
});

it('callers are answered while nobody can reach the org', async () => {
  for (const user of USERS) await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/users/${user}/revoke`, { method: 'POST' });
  expect(await ask(CALLER)).toEqual({ status: 200, text: '2002' });
  expect(await ask('+4930123456')).toEqual({ status: 200, text: 'queue-500' });
  await page.getByText('No connected user works.').waitFor({ timeout: 90_000 });
  expect(await ask(CALLER)).toEqual({ status: 200, text: '2002' });
  await look('broken');
  await connect('Refresh connection');
  await page.getByText('Active', { exact: true }).waitFor();
}, 150_000);

it('every look-up is in the log, with masked numbers, searchable and drawn', async () => {
  await page.locator('c-acd-log').getByRole('searchbox').fill('queue-500');
  await page
    .getByRole('row', { name: /493•+56/ })
    .first()
    .waitFor();
  await expect.poll(() => page.getByRole('row', { name: /120••••••84/ }).count()).toBe(0);
  await page.locator('c-acd-log').getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Reload' }).click();
  await page
    .getByRole('row', { name: /120••••••84/ })
    .first()
    .waitFor();
  expect(await page.getByText('2035550184').count()).toBe(0);
  await look('log');
}, 30_000);
