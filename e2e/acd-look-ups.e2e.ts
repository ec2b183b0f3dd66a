/**
 * What an administrator sets in the form of a look-up reaches the phone system: further fields, filters, custom objects and the PIN. It asks with
 * a token that the page gave out. Pictures of the answers are in the README.
 */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person } from '../sandbox/control/people.ts';
import { SAMPLE_NUMBERS } from '../sandbox/salesforce/sample/sample.ts';
import { setUpPhoneSystem } from '../sandbox/stack/first-start.ts';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const ADMIN = 'admin@sandbox.test';
const CALLER = '+12035550184';
const PIN = 'Kx-4711';
const IMAGES = process.env['SCREENSHOTS'] ?? 'build/screenshots';

let stack: TestStack;
let browser: Browser;
let admin: UserPage;
let page: Page;
let token: string;

picturesOfFailures('acd-look-ups', () => browser);

beforeAll(async () => {
  stack = await startTestStack();
  const rest = await stack.api.rest(ADMIN);
  const fields = { FirstName: 'Ada', LastName: 'Caller', Title: 'Partner', MailingCity: 'Bath', Department: PIN };
  await rest('POST', '/sobjects/Contact', { ...fields, Phone: '(203) 555-0184' });
  await rest('POST', '/sobjects/Contact', { ...fields, FirstName: 'Ben', Title: 'Guest', Phone: '(203) 555-0185' });
  await setUpPhoneSystem(stack, () => {});
  browser = await launchBrowser();
  admin = await openUserPage(browser, { url: stack.url, username: ADMIN });
  page = admin.page;
  await admin.open('/lightning/n/Switchboard_Setup');
  await page.getByRole('link', { name: 'Phone system', exact: true }).click();
  await page.getByRole('row', { name: /Sandbox phone system/ }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const button = (name: string, root: Page | Locator = page) => root.getByRole('button', { name, exact: true });
const textbox = (name: string, root: Locator) => root.getByRole('textbox', { name, exact: true });

async function openForm(press: string): Promise<Locator> {
  await button(press).click();
  return page.getByRole('dialog', { name: press });
}

/** Saves, and waits until the form is gone. */
async function save(form: Locator): Promise<void> {
  await button('Save', form).click();
  await form.waitFor({ state: 'detached' });
}

/** As the phone system asks. */
async function http<T>(path: string, { by = token, body }: { by?: string; body?: object } = {}): Promise<{ status: number; body: T }> {
  const response = await fetch(`http://localhost:${stack.ports.service}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${by}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

interface Answer {
  matched: boolean;
  variables: Record<string, string>;
}
const ask = (caller: string, { lookup = 'Hotline', by = token } = {}) =>
  http<Answer>(`/v1/acd/lookup?${new URLSearchParams({ caller, ...(lookup && { lookup }) })}`, { by });

describe('the form of a look-up', () => {
  it('adds a variable and a filter, says in place what is wrong with them, and shows them again', async () => {
    const form = await openForm('Add look-up');
    const [variables, filters] = [form.locator('c-acd-variables'), form.locator('c-acd-filters')];
    await textbox('Name', form).fill('Hotline');
    await button('Add variable', form).click();
    await button('Save', form).click();
    await variables.getByText('Complete this field').first().waitFor();
    await textbox('Name in the answer', variables).fill('Extension');
    await textbox('Field', variables).fill('MailingCity');
    await button('Add filter', form).click();
    await textbox('Field', filters).fill('Title');
    await textbox('Value', filters).fill('Partner');
    await button('Save', form).click();
    await variables.getByText('Is the name of something that every answer says.').waitFor();
    await screenshot(page, 'acd-look-ups-form');
    await expectAccessible(page);
    await textbox('Name in the answer', variables).fill('Town');
    await save(form);
    await page.getByRole('row', { name: /Hotline/ }).waitFor();

    const again = await openForm('Edit Hotline');
    expect(await textbox('Name in the answer', again).inputValue()).toBe('Town');
    expect(await textbox('Field', again.locator('c-acd-variables')).inputValue()).toBe('MailingCity');
    expect(await textbox('Field', again.locator('c-acd-filters')).inputValue()).toBe('Title');
    expect(await textbox('Value', again).inputValue()).toBe('Partner');
    await button('Cancel', again).click();
  }, 60_000);

  it('adds a custom object, as the org spells it, which filters can name', async () => {
    const form = await openForm('Edit Hotline');
    const added = textbox('Custom object', form);
    await added.fill('Opt outs');
    await added.press('Enter');
    await form.getByText('Enter the API name of a custom object, such as Site__c.').waitFor();
    await added.fill('optout__c');
    await added.press('Enter');
    await form.getByRole('option', { name: 'optout__c', exact: true }).waitFor();
    await form.getByRole('combobox', { name: 'Object', exact: true }).click();
    await form.locator('c-acd-filters').getByRole('option', { name: 'optout__c', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await save(form);
    await page
      .getByRole('row', { name: /Hotline/ })
      .getByText('OptOut__c')
      .waitFor();
  }, 60_000);

  it('says which custom object the org does not have, and keeps what was typed', async () => {
    const form = await openForm('Edit Hotline');
    await textbox('Default route', form).fill('queue-500');
    await textbox('Custom object', form).fill('Site__c');
    await button('Add custom object', form).click();
    await button('Save', form).click();
    await form.getByText('Names Site__c, which the org does not have or the connected user does not see.').waitFor();
    await screenshot(page, 'acd-look-ups-refused');
    await expectAccessible(page);
    expect(await form.getByRole('option', { name: 'Site__c', exact: true }).count()).toBe(1);
    expect(await textbox('Default route', form).inputValue()).toBe('queue-500');
    expect(await textbox('Name in the answer', form).inputValue()).toBe('Town');
    await form.getByRole('option', { name: 'Site__c', exact: true }).click();
    await form
      .getByRole('group', { name: 'Objects' })
      .getByRole('button', { name: /Move selection to Available/ })
      .click();
    await save(form);
    await expect.poll(() => page.getByRole('row', { name: /Hotline.*queue-500/ }).count()).toBe(1);
  }, 60_000);
});

describe('a phone system that was set up on the page', () => {
  it('asks with the token that was given out, and gets what the look-up was set to', async () => {
    const dialog = await openForm('Token of Sandbox phone system');
    await button('Make token', dialog).click();
    token = (await dialog.getByText(/^ey[\w-]+\.[\w-]+\.[\w-]+$/).textContent()) ?? '';
    await screenshot(page, 'acd-look-ups-token');
    await expectAccessible(page);
    await button('Done', dialog).click();
    await expect.poll(async () => (await ask(CALLER)).body.variables?.['Town'], { timeout: 30_000 }).toBe('Bath');
    expect((await ask('+12035550185')).body.matched).toBe(false);
    expect((await ask(CALLER, { by: `${token.slice(0, -4)}AAAA` })).status).toBe(401);
  }, 60_000);

  it('checks a PIN by the field that the look-up names, and by none before', async () => {
    const check = (pin: string) => http<{ verified?: boolean }>('/v1/acd/pin', { body: { pin, caller: CALLER, lookup: 'Hotline' } });
    expect((await check(PIN)).body).toMatchObject({ code: 'pin_not_set_up' });
    const form = await openForm('Edit Hotline');
    await textbox('Field with the PIN', form).fill('Department');
    await save(form);
    expect(await check('Kx-4712')).toEqual({ status: 200, body: { verified: false } });
    expect(await check(PIN)).toMatchObject({ status: 200, body: { verified: true, answer: { matched: true } } });
  }, 60_000);
});

describe('what was answered', () => {
  it('is tried on the page: whom to ring, why, and all that the phone system hears', async () => {
    await page.reload();
    await page.getByRole('row', { name: /Hotline/ }).waitFor();
    await screenshot(page, 'phone-system', IMAGES);
    const tryIt = page.locator('c-acd-try-it');
    await textbox('Caller', tryIt).fill('+1 203 555 0184');
    for (const [list, option] of [
      ['Look-up', 'Hotline'],
      ['Phone system', 'Sandbox phone system'],
    ] as const) {
      await tryIt.getByRole('combobox', { name: list }).click();
      await tryIt.getByRole('option', { name: option }).click();
    }
    await button('Ask', tryIt).click();
    await tryIt.getByText('Rings 2001.').waitFor();
    await tryIt.getByText('Bath', { exact: true }).waitFor();
    await pictureOf(tryIt, 'try-it');
  }, 60_000);

  it('is in the log and drawn, by where it came from and how long it took', async () => {
    const { single, shared, leadAndContact, lead, account, unicode, unknown } = SAMPLE_NUMBERS;
    const crowd = Array.from({ length: 40 }, (_, index) => person('sample', index).phone);
    const strangers = Array.from({ length: 5 }, (_, index) => person('strangers', index).phone);
    for (let round = 0; round < 10; round += 1) await Promise.all([...crowd, ...strangers].map((caller) => ask(caller, { lookup: '' })));
    const read = <T>(path: string) => stack.api.as(ADMIN).get<T>(`/v1/acd/log${path}`);
    await expect.poll(async () => (await read<{ lookups: number }>('/summary?days=7')).lookups).toBeGreaterThan(400);
    const newest = async () => (await read<{ items: { id: string }[] }>('')).items[0]?.id;
    // One by one, so that this is the order in which they are listed.
    for (const caller of [leadAndContact, account, unicode, unknown, lead, shared, single, CALLER]) {
      const before = await newest();
      await ask(caller, { lookup: [unknown, CALLER].includes(caller) ? 'Hotline' : '' });
      await expect.poll(newest).not.toBe(before);
    }
    await page.reload();
    const row = page.getByRole('row', { name: /141••••••99 queue-500/ });
    await row.waitFor();
    await page
      .locator('c-acd-charts')
      .getByText(/^4\d\d look-ups, \d\d % matched$/)
      .waitFor();
    await pictureOf(page.locator('c-acd-charts'), 'look-up-log');
  }, 60_000);
});

/** The card at the top of the window. */
async function pictureOf(card: Locator, name: string): Promise<void> {
  await card.evaluate((element) => window.scrollBy(0, element.getBoundingClientRect().top - 24));
  await screenshot(page, name, IMAGES);
  await expectAccessible(page);
}
