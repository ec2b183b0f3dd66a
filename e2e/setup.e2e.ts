/** A new org is set up by its administrator, from an empty checklist to a delivered text, with the mistakes that people make on the way. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INITIAL_PASSWORD } from '../sandbox/salesforce/auth/accounts.ts';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { onPhone, receivedOnPhone, soql, textFromPhone } from './support/peers.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const ADMIN = 'admin@sandbox.test';
const OUR_US = '+14155550100';
const OUR_UK = '+447700900100';
const MY_PHONE = '+14155550111';
const SID = 'AC00000000000000000000000000000001';

let stack: TestStack;
let browser: Browser;
let admin: UserPage;
let page: Page;

picturesOfFailures('setup', () => browser);

beforeAll(async () => {
  stack = await startTestStack({ sample: 'nothing' });
  browser = await launchBrowser();
  admin = await openUserPage(browser, { url: stack.url, username: ADMIN });
  await admin.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = admin.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

async function look(on: Page, name: string): Promise<void> {
  await screenshot(on, `setup-${name}`);
  await expectAccessible(on);
}

function step(heading: string): Locator {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: heading }) });
}

async function openSetup(name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
}

describe('an administrator sets a new org up', () => {
  it('is told what to do first', async () => {
    admin.guard.allow(/status of 500 .*\/__shell\/apex\//); // an org without a key is refused: that is the state under test
    await admin.open('/lightning/n/Switchboard_Setup');
    await page.getByText('This org is not registered yet').waitFor();
    await step('Register this org').getByText('Next', { exact: true }).waitFor();
    await step('Send a test message').getByText('Not yet', { exact: true }).waitFor();
    await page.getByText('0 of 5 steps done').waitFor();
    await look(page, 'new-org');
    await openSetup('Message health');
    await page.getByRole('heading', { name: 'Register this org first' }).waitFor();
    await look(page, 'register-first');
    await openSetup('Get started');
  });

  it('registers in a window of its own, and the setup tab notices by itself', async () => {
    await page.getByText('Sandbox (test.salesforce.com)').click();
    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Register', exact: true }).last().click(),
    ]);
    await page.getByText('This page continues by itself').waitFor();
    await look(page, 'waiting-for-sign-in');
    await popUp.getByRole('heading', { name: 'Register this org' }).waitFor();
    await look(popUp, 'service-register');
    await popUp.getByRole('button', { name: 'Continue to Salesforce' }).click();
    await popUp.getByLabel('Username').fill(ADMIN);
    await popUp.getByLabel('Password').fill(INITIAL_PASSWORD);
    await look(popUp, 'salesforce-login');
    await popUp.getByRole('button', { name: 'Log In' }).click();
    await popUp.getByRole('heading', { name: 'Allow access?' }).waitFor();
    await look(popUp, 'salesforce-consent');
    await popUp.getByRole('button', { name: 'Allow' }).click();
    await popUp.getByText('All objects and fields that Switchboard needs are there.').waitFor();
    await look(popUp, 'service-done');
    await popUp.close();
    await step('Register this org').getByText('Done', { exact: true }).waitFor();
    await step('Connect a carrier and add your numbers').getByText('Next', { exact: true }).waitFor();
    await expect.poll(() => page.getByText('This org is not registered yet').count()).toBe(0);
    await look(page, 'registered');
  });

  it('is told that the carrier refuses a wrong token, and keeps what was typed', async () => {
    await step('Connect a carrier and add your numbers').getByRole('button', { name: 'Numbers & carriers' }).click();
    await page.getByRole('heading', { name: 'No carrier account yet' }).waitFor();
    await look(page, 'no-carrier');
    await page.getByRole('button', { name: 'Add account' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add carrier account' });
    await dialog.getByRole('button', { name: 'Save and test' }).click();
    await dialog.getByText('Complete this field').first().waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('US carrier');
    await dialog.getByRole('textbox', { name: 'Account SID' }).fill(SID);
    await dialog.getByLabel('Auth token').fill('not-the-token');
    await dialog.getByRole('textbox', { name: 'API address' }).fill(`http://localhost:${stack.ports.carrier}`);
    await dialog.getByRole('button', { name: 'Save and test' }).click();
    await dialog.getByText('The carrier refused the account SID or the auth token').filter({ visible: true }).waitFor();
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Account SID' }).inputValue()).toBe(SID);
    await look(page, 'wrong-token');
    await dialog.getByLabel('Auth token').fill('sandbox-auth-token');
    await dialog.getByRole('button', { name: 'Save and test' }).click();
    await dialog.getByText('Tested and saved: the carrier accepts this account.').waitFor();
    await look(page, 'right-token');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page
      .getByRole('row', { name: /US carrier/ })
      .getByText('Connected', { exact: true })
      .waitFor();
  });

  it('copies the webhook address and enters it at the carrier', async () => {
    await page.getByRole('button', { name: 'Copy Webhook address for incoming messages' }).click();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    expect(address).toMatch(new RegExp(`^http://localhost:${stack.ports.service}/carriers/twilio/[\\w-]+/inbound$`));
    const carrier = await admin.context.newPage();
    await carrier.goto(`http://localhost:${stack.ports.carrier}/carrier`);
    const form = carrier.locator('form').filter({ has: carrier.getByLabel(`Webhook address for texts to ${OUR_US}`) });
    await form.getByRole('textbox').fill('localhost/nowhere');
    await form.getByRole('button', { name: 'Save' }).click();
    await carrier.getByText('This is not an http or https address.').waitFor();
    await look(carrier, 'carrier-bad-address');
    await form.getByRole('textbox').fill(address);
    await form.getByRole('button', { name: 'Save' }).click();
    await carrier.getByText(`The webhook address of ${OUR_US} is saved.`).waitFor();
    await look(carrier, 'carrier-page');
    await carrier.close();
  });

  it('adds a number, after one that is none', async () => {
    await page.getByRole('button', { name: 'Add number' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add number' });
    await dialog.getByRole('textbox', { name: 'Number' }).fill('12345');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Main line');
    await choose(dialog, 'Carrier account', /US carrier/);
    await choose(dialog, 'Default country', /United States/);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog
      .getByText(/must be a phone number such as/i)
      .filter({ visible: true })
      .waitFor();
    await look(page, 'bad-number');
    await dialog.getByRole('textbox', { name: 'Number' }).fill('+1 (415) 555-0100');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Main line/ }).waitFor();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('adds an SMPP account with its number', async () => {
    await page.getByRole('button', { name: 'Add account' }).click();
    const account = page.getByRole('dialog', { name: 'Add carrier account' });
    await account.getByText('SMPP 3.4').click();
    await account.getByRole('textbox', { name: 'Name' }).fill('UK carrier');
    await account.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
    await account.getByRole('textbox', { name: 'Port' }).fill(String(stack.ports.smpp));
    await account.getByRole('textbox', { name: 'System ID' }).fill('switchboard');
    await account.getByLabel('Password').fill('wrong');
    await account.getByRole('button', { name: 'Save and test' }).click();
    await account.getByText('The carrier refused the password').filter({ visible: true }).waitFor();
    await look(page, 'wrong-password');
    await account.getByLabel('Password').fill('sandbox');
    await account.getByRole('button', { name: 'Save and test' }).click();
    await account.getByText('Tested and saved').waitFor();
    await account.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Add number' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add number' });
    await dialog.getByRole('textbox', { name: 'Number' }).fill('+44 7700 900100');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('UK line');
    await choose(dialog, 'Carrier account', /UK carrier/);
    await choose(dialog, 'Default country', /United Kingdom/);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /UK line/ }).waitFor();
    await page
      .getByRole('row', { name: /UK carrier/ })
      .getByText('Connected', { exact: true })
      .waitFor();
    await look(page, 'numbers');
  });

  it('says which phone fields are searched', async () => {
    const field = page.getByRole('group', { name: 'Contact' }).getByRole('checkbox', { name: /Other Phone/i });
    await field.locator('xpath=../label').click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The phone fields are saved').first().waitFor();
    await page.getByRole('heading', { name: 'Phone fields', exact: true }).scrollIntoViewIfNeeded();
    await look(page, 'phone-fields');
  });

  it('sees who may use it, and sends a test message to a phone', async () => {
    await openSetup('Get started');
    await step('Decide who may use it').getByText('Done', { exact: true }).waitFor();
    const test = step('Send a test message');
    await test.getByText('Next', { exact: true }).waitFor();
    await test.getByRole('textbox', { name: 'Your own phone number' }).fill('call me');
    await test.getByRole('button', { name: 'Send test message' }).click();
    await test
      .getByText(/is not a phone number/i)
      .filter({ visible: true })
      .waitFor();
    await look(page, 'test-bad-number');
    await test.getByRole('textbox', { name: 'Your own phone number' }).fill('+1 415 555 0111');
    await test.getByRole('button', { name: 'Send test message' }).click();
    await test.getByText('Your test message was delivered.').first().waitFor();
    await look(page, 'test-delivered');
    expect(await receivedOnPhone(stack, MY_PHONE, 'Switchboard works. This is a test message.')).toBe(1);
    await step('Add a standby user').getByText('Next', { exact: true }).waitFor();
    await page.getByText('4 of 5 steps done').waitFor();
  });

  it('gets texts of both carriers into the org', async () => {
    await textFromPhone(stack, { from: MY_PHONE, to: OUR_US, body: 'Received, thanks.' });
    await textFromPhone(stack, { from: '+447700900222', to: OUR_UK, body: 'Hello from the UK.' });
    const bodies = async () =>
      (await soql<{ Body__c: string }>(stack, ADMIN, "SELECT Body__c FROM Message__c WHERE Direction__c = 'Inbound'")).map(
        ({ Body__c }) => Body__c,
      );
    await expect.poll(async () => (await bodies()).toSorted()).toEqual(['Hello from the UK.', 'Received, thanks.']);
    expect((await onPhone(stack, MY_PHONE)).length).toBe(2);
  });

  it('checks the installation: all is well but the missing standby', async () => {
    await openSetup('Check installation');
    await page.getByRole('heading', { name: 'See whether everything is in place' }).waitFor();
    await look(page, 'check-not-run');
    await page.getByRole('button', { name: 'Run the checks' }).click();
    await page.getByText(/OK: \d+\. Warnings: 1\. Failed: 0\./).waitFor();
    const users = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Connected users' }) });
    await users.getByText('nobody can take over').waitFor();
    await users.getByText('Invite a second administrator').waitFor();
    await look(page, 'check');
  });

  it('reads the message health', async () => {
    await openSetup('Message health');
    await page.getByText('Nothing is parked').waitFor();
    await page.getByText(`The org is reached as ${ADMIN}.`).waitFor();
    await expect.poll(() => page.getByText('Connected', { exact: true }).count()).toBe(2);
    await look(page, 'health');
    admin.guard.expectQuiet();
  });
});

async function choose(dialog: Locator, label: string, option: RegExp): Promise<void> {
  await dialog.getByRole('combobox', { name: label }).click();
  await dialog.getByRole('option', { name: option }).click();
}
