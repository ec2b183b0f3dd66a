/** An agent's day in the console: finding, reading, answering, and what the page says when something went wrong. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { receivedOnPhone, soql, textFromPhone } from './support/peers.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const AGENT = 'agent@sandbox.test';
const OUR_US = '+14155550100';
const MAYA = '+14155550123';
/** Two contacts share it. */
const SHARED = '+14155550142';

let stack: TestStack;
let browser: Browser;
let agent: UserPage;
let page: Page;

picturesOfFailures('agent', () => browser);

beforeAll(async () => {
  stack = await startTestStack({ sample: 'conversations' });
  browser = await launchBrowser();
  agent = await openUserPage(browser, { url: stack.url, username: AGENT });
  page = agent.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

async function look(on: Page, name: string): Promise<void> {
  await screenshot(on, `agent-${name}`);
  await expectAccessible(on);
}

const row = (text: string | RegExp, on = page): Locator =>
  on.getByRole('listbox', { name: 'Conversations' }).getByRole('option').filter({ hasText: text });
const bubble = (text: string, on = page): Locator => on.locator('c-messaging-bubble').filter({ hasText: text });
const composer = (on = page): Locator => on.locator('c-messaging-composer');

async function search(text: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search name, number or text' }).fill(text);
}

async function openConversation(text: string | RegExp): Promise<void> {
  await search('');
  await row(text).first().click();
}

async function write(text: string): Promise<void> {
  await composer().getByRole('textbox').fill(text);
  await composer().getByRole('button', { name: 'Send' }).click();
}

describe('an agent in the console', () => {
  it('sees who wrote last and what is unread', async () => {
    await agent.open('/lightning/n/Switchboard_Console');
    await row('Maya Rivera').first().waitFor();
    await look(page, 'console');
    const all = await row(/./).count();
    await page.getByText('Unread', { exact: true }).click();
    const showsUnreadOnly = async () => {
      const [shown, unread] = [await row(/./).count(), await row(/./).filter({ hasText: 'unread' }).count()];
      return shown > 0 && shown < all && unread === shown;
    };
    await expect.poll(showsUnreadOnly).toBe(true);
    await page.getByRole('button', { name: /^Messages \(\d+\)$/ }).waitFor();
    await look(page, 'unread');
    await page.getByText('All', { exact: true }).click();
    await expect.poll(() => row(/./).count()).toBe(all);
  });

  it('finds a conversation by name, by number and by text', async () => {
    await search('rivera');
    await row('Maya Rivera').waitFor();
    await expect.poll(() => row(/./).count()).toBe(1);
    await search('5550142');
    await row('Lindqvist').waitFor();
    await expect.poll(() => row(/./).count()).toBe(1);
    await search('saturdays');
    await row('Do you also deliver on Saturdays?').waitFor();
    await look(page, 'search');
    await search('nowhere to be found');
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    await look(page, 'nothing-found');
    await search('');
  });

  it('opens the conversation of a number that nobody knows', async () => {
    await openConversation('Who is this?');
    await bubble('Who is this?').waitFor();
    await page.getByRole('heading', { name: 'Unknown number' }).waitFor();
    await look(page, 'unknown-number');
    await expect.poll(() => row('Who is this?').filter({ hasText: 'unread' }).count()).toBe(0);
  });

  it('looks at a picture', async () => {
    await openConversation('Maya Rivera');
    await page.getByRole('button', { name: /^Open larger/ }).click();
    const viewer = page.getByRole('dialog', { name: /Picture|parcel/i });
    await expect.poll(() => viewer.getByRole('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(50);
    await look(page, 'picture');
    await viewer.getByRole('button', { name: 'Close' }).last().click();
    await viewer.waitFor({ state: 'detached' });
  });

  it('cannot text who sent STOP, until somebody in charge says why', async () => {
    await openConversation('Lindqvist');
    await textFromPhone(stack, { from: SHARED, to: OUR_US, body: 'STOP' });
    await composer().getByText('does not want texts').waitFor();
    await page.getByText('The customer texted STOP.').waitFor();
    expect(await page.getByRole('button', { name: 'Change', exact: true }).count()).toBe(0);
    await look(page, 'stopped');
    const admin = await openUserPage(browser, { url: stack.url, username: 'admin@sandbox.test' });
    await admin.open(new URL(page.url()).pathname + new URL(page.url()).search);
    await admin.page.getByRole('button', { name: 'Change', exact: true }).click();
    const dialog = admin.page.getByRole('dialog', { name: /^Texts to/ });
    await dialog.getByRole('button', { name: 'Allow texts' }).click();
    await dialog.getByText('Say why, so that it can be understood later.').waitFor();
    await look(admin.page, 'opt-in');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Asked for it by phone today.');
    await dialog.getByRole('button', { name: 'Allow texts' }).click();
    await admin.page.getByText('Reason: Asked for it by phone today.').waitFor();
    admin.guard.expectQuiet();
    await admin.close();
    await composer().getByRole('textbox').waitFor();
    await write('Welcome back!');
    await bubble('Welcome back!').getByText('Delivered', { exact: true }).waitFor();
  });

  it.each([
    ['not sent', 'Just a reminder of your appointment.', 'Not sent', 'Check the number on the record.'],
    ['undelivered', 'Your parcel arrives tomorrow.', 'Not delivered', 'Send again later or call.'],
    ['failed', 'Your parcel arrives today.', 'Delivery failed', 'Send again; if it goes on'],
    ['unknown', 'Can we move our call to Thursday?', 'Unknown whether sent', 'Wait for the carrier'],
  ])('reads why a message is %s and what to do', async (name, text, status, nextStep) => {
    await openConversation(text);
    await bubble(text).getByText(status, { exact: true }).waitFor();
    await bubble(text).getByText(nextStep).waitFor();
    await look(page, `message-${name.replace(' ', '-')}`);
  });

  it('keeps a draft over a reload', async () => {
    await openConversation('Maya Rivera');
    await composer().getByRole('textbox').fill('Half a sentence');
    await page.reload();
    await expect.poll(() => composer().getByRole('textbox').inputValue()).toBe('Half a sentence');
    await bubble('Perfect, see you then.').waitFor();
  });

  it('cannot send ten thousand characters', async () => {
    await composer().getByRole('textbox').fill('x'.repeat(10_000));
    await composer()
      .getByText(/Too long by/)
      .waitFor();
    expect(await composer().getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await look(page, 'too-long');
    await composer().getByRole('textbox').fill('');
  });

  it('keeps a text while the service is away, and sends it once afterwards', async () => {
    agent.guard.allow(/status of 50\d .*\/__shell\/apex\//); // the service is away on purpose
    await stack.service.kill();
    await write('Sent while nobody listened.');
    await bubble('Sent while nobody listened.').getByRole('button', { name: 'Try again' }).waitFor({ timeout: 30_000 });
    await bubble('Sent while nobody listened.').getByText('Trying again is safe: it is never sent twice.').waitFor();
    await look(page, 'service-away');
    await page.reload();
    await bubble('Sent while nobody listened.').getByRole('button', { name: 'Try again' }).waitFor();
    await stack.startService();
    await bubble('Sent while nobody listened.').getByRole('button', { name: 'Try again' }).click();
    await bubble('Sent while nobody listened.').getByText('Delivered', { exact: true }).waitFor();
    expect(await receivedOnPhone(stack, MAYA, 'Sent while nobody listened.')).toBe(1);
    await expect.poll(() => page.getByText('Your sending numbers could not be loaded').count()).toBe(0);
    await look(page, 'sent-afterwards');
  });

  it('reads back in a thread of a thousand messages', async () => {
    await openConversation(/Line \d+ of 1000/);
    await page.locator('c-messaging-bubble').first().waitFor();
    const first = await page.locator('c-messaging-bubble').count();
    await page.getByRole('button', { name: 'Load earlier messages' }).click();
    await expect.poll(() => page.locator('c-messaging-bubble').count()).toBeGreaterThan(first);
    await look(page, 'long-thread');
  });

  it('is told by the bell and goes to the conversation', async () => {
    await agent.open('/lightning/page/home');
    await textFromPhone(stack, { from: MAYA, to: OUR_US, body: 'Are you still open?' });
    await page.getByRole('button', { name: /[1-9]\d* new notification/ }).click();
    await look(page, 'bell');
    await page.getByRole('button', { name: /Are you still open\?/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Maya Rivera' }).waitFor();
    await bubble('Are you still open?').waitFor();
    await look(page, 'conversation-page');
    agent.guard.expectQuiet();
  });

  it('does not see what belongs to a colleague', async () => {
    const [conversation] = await soql<{ ExternalId__c: string }>(
      stack,
      AGENT,
      `SELECT ExternalId__c FROM Conversation__c WHERE CustomerNumber__c = '${MAYA}'`,
    );
    const colleague = await openUserPage(browser, { url: stack.url, username: 'agent2@sandbox.test' });
    await colleague.open('/lightning/n/Switchboard_Console');
    await row('Who is this?', colleague.page).waitFor(); // of the shared inbox
    expect(await row('Maya Rivera', colleague.page).count()).toBe(0);
    await colleague.open(`/lightning/n/Switchboard_Console?c__conversation=${conversation?.ExternalId__c ?? ''}`);
    await colleague.page.getByRole('heading', { name: 'This conversation cannot be shown' }).waitFor();
    await look(colleague.page, 'not-shared');
    colleague.guard.expectQuiet();
    await colleague.close();
  });
});
