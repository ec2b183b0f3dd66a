/**
 * The story of the product, as its users live it: an agent writes to a customer from a record page, the customer answers from the phone,
 * the org's main user dies in the middle, and nothing is lost. Pictures of it are in the README.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const MAYA = '+14155550123';
const IMAGES = process.env['SCREENSHOTS'] ?? 'build/screenshots';

let stack: TestStack;
let browser: Browser;
let agent: UserPage;
let phone: Page;

beforeAll(async () => {
  stack = await startTestStack();
  browser = await launchBrowser();
  agent = await openUserPage(browser, { url: stack.url, username: 'agent@sandbox.test' });
  phone = await (await browser.newContext({ viewport: { width: 900, height: 800 } })).newPage();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

/** What the customer's phone shows, by the carrier's own record. */
async function onPhone(number: string): Promise<{ body: string; direction: string }[]> {
  const response = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/phones/${encodeURIComponent(number)}`);
  return ((await response.json()) as { messages: { body: string; direction: string }[] }).messages;
}

async function contactId(name: string): Promise<string> {
  const rest = await stack.api.rest('admin@sandbox.test');
  const page = await rest<{ records: { Id: string }[] }>(
    'GET',
    `/query?q=${encodeURIComponent(`SELECT Id FROM Contact WHERE Name = '${name}'`)}`,
  );
  return page.records[0]?.Id ?? '';
}

function bubble(page: Page, text: string) {
  return page.locator('c-messaging-bubble').filter({ hasText: text });
}

async function sendFromPhone(text: string): Promise<void> {
  await phone.getByRole('textbox', { name: 'Text' }).fill(text);
  await phone.getByRole('button', { name: 'Send' }).click();
}

describe('a Salesforce user and a phone text each other', () => {
  it('an agent writes the first text from the contact’s page', async () => {
    await agent.open(`/lightning/r/Contact/${await contactId('Maya Rivera')}/view`);
    await agent.page.getByRole('button', { name: 'New message' }).first().click();
    const dialog = agent.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /message|text/i }).fill('Hello Maya, your order is ready.');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await bubble(agent.page, 'your order is ready').waitFor();
    await expect
      .poll(async () => (await onPhone(MAYA)).map((message) => message.body), { timeout: 20_000 })
      .toContain('Hello Maya, your order is ready.');
  });

  it('the customer reads it on the phone and answers', async () => {
    await phone.goto(`http://localhost:${stack.ports.carrier}/?phone=${encodeURIComponent(MAYA)}`);
    await phone.getByText('your order is ready').first().waitFor();
    await sendFromPhone('Thank you! I will come at three.');
    await screenshot(phone, 'phone', IMAGES);
    await bubble(agent.page, 'I will come at three').waitFor({ timeout: 20_000 });
    await bubble(agent.page, 'your order is ready').getByText('Delivered').waitFor({ timeout: 20_000 });
    await screenshot(agent.page, 'record-page', IMAGES);
    await expectAccessible(agent.page);
  });

  it('both are in the org, once each', async () => {
    const rest = await stack.api.rest('agent@sandbox.test');
    const { records } = await rest<{ records: { Body__c: string; Direction__c: string }[] }>(
      'GET',
      `/query?q=${encodeURIComponent('SELECT Body__c, Direction__c FROM Message__c ORDER BY Sequence__c')}`,
    );
    expect(records.map(({ Body__c, Direction__c }) => [Direction__c, Body__c])).toEqual([
      ['Outbound', 'Hello Maya, your order is ready.'],
      ['Inbound', 'Thank you! I will come at three.'],
    ]);
  });

  it('the org’s main user is switched off in the middle, and the texts go on', async () => {
    await agent.open('/lightning/n/Switchboard_Console');
    await agent.page
      .getByRole('option', { name: /Maya Rivera/ })
      .or(agent.page.getByRole('button', { name: /Maya Rivera/ }))
      .first()
      .click();
    await bubble(agent.page, 'I will come at three').waitFor();
    await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/users/admin@sandbox.test/deactivate`, { method: 'POST' });
    await sendFromPhone('Do you take cards?');
    await bubble(agent.page, 'Do you take cards?').waitFor({ timeout: 20_000 });
    const composer = agent.page.locator('c-messaging-composer');
    await composer.getByRole('textbox').fill('Yes, all of them.');
    await composer.getByRole('button', { name: 'Send' }).click();
    await bubble(agent.page, 'Yes, all of them.').getByText('Delivered').waitFor({ timeout: 20_000 });
    await screenshot(agent.page, 'console', IMAGES);
    await expectAccessible(agent.page);
    agent.guard.expectQuiet();
  });

  it('an admin reads afterwards what happened and why', async () => {
    const admin = await openUserPage(browser, { url: stack.url, username: 'standby@sandbox.test' });
    await admin.open('/lightning/n/Switchboard_Setup?c__page=users');
    await admin.page
      .getByRole('link', { name: 'Connected users' })
      .or(admin.page.getByRole('button', { name: 'Connected users' }))
      .first()
      .click();
    await admin.page
      .getByText(/admin@sandbox\.test.*(inactive|deactivated|signed in|session)/i)
      .first()
      .waitFor();
    await admin.page.getByText('standby@sandbox.test').first().waitFor();
    await screenshot(admin.page, 'connected-users', IMAGES);
    await expectAccessible(admin.page);
    await admin.close();
  });
});
