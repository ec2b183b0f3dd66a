/** The agent's work without a mouse, and every page on a screen 320 pixels wide. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { focused, walkTo } from './support/keyboard.ts';
import { receivedOnPhone, textFromPhone } from './support/peers.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const OUR_US = '+14155550100';
const MAYA = '+14155550123';
const KOFI = '+447700900321';

let stack: TestStack;
let browser: Browser;
let agent: UserPage;
let page: Page;

picturesOfFailures('keyboard', () => browser);

beforeAll(async () => {
  stack = await startTestStack({ sample: 'connected' });
  stack.salesforce.org.settings.searchDelaySeconds = 0; // that an org's index lags is another story
  await textFromPhone(stack, { from: MAYA, to: OUR_US, body: 'Is my order ready?' });
  await textFromPhone(stack, { from: KOFI, to: OUR_US, body: 'Do you repair bicycles?' });
  browser = await launchBrowser();
  agent = await openUserPage(browser, { url: stack.url, username: 'agent@sandbox.test' });
  page = agent.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const bubble = (text: string) => page.locator('c-messaging-bubble').filter({ hasText: text });
const option = (name: string) => page.getByRole('option').filter({ hasText: name });

async function look(on: Page, name: string): Promise<void> {
  await screenshot(on, `keyboard-${name}`);
  await expectAccessible(on);
}

describe('an agent without a mouse', () => {
  it('skips the header', async () => {
    await agent.open('/lightning/n/Switchboard_Console');
    await option('Maya Rivera').waitFor();
    await option('Kofi Mensah').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('link "Skip to main content"');
    await look(page, 'skip-link');
    await page.keyboard.press('Enter');
    await walkTo(page, /^button "New message"/);
  });

  it('finds a conversation and opens it', async () => {
    await walkTo(page, /^searchbox "Search name, number or text"/);
    await page.keyboard.type('maya');
    await expect.poll(() => page.getByRole('option').count()).toBe(1);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await option('Kofi Mensah').waitFor();
    await walkTo(page, /^radio "All"/);
    await walkTo(page, /^option/);
    await page.keyboard.press('Home');
    const first = await focused(page);
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).not.toBe(first);
    if (!/Maya Rivera/.test(await focused(page))) await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toMatch(/^option.*Maya Rivera/);
    await page.keyboard.press('Enter');
    await bubble('Is my order ready?').waitFor();
    expect(await focused(page)).toMatch(/^option.*Maya Rivera/);
    await look(page, 'conversation');
  });

  it('answers with Ctrl+Enter and stays where it writes', async () => {
    await walkTo(page, /^region "Messages with Maya Rivera"/);
    await walkTo(page, /^textbox "Message to Maya Rivera"/);
    await page.keyboard.type('It is, come by.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await bubble('It is, come by.').getByText('Delivered', { exact: true }).waitFor();
    expect(await focused(page)).toMatch(/^textbox "Message to Maya Rivera"/);
    expect(await receivedOnPhone(stack, MAYA, 'It is, come by.')).toBe(1);
  });

  it('hears of the next text without leaving the box', async () => {
    await textFromPhone(stack, { from: MAYA, to: OUR_US, body: 'On my way.' });
    await expect
      .poll(() => page.locator('c-messaging-thread [aria-live="polite"]').innerText())
      .toBe('New message from Maya Rivera: On my way.');
    expect(await focused(page)).toMatch(/^textbox "Message to Maya Rivera"/);
  });

  it('starts a conversation in a dialog that gives the focus back', async () => {
    await walkTo(page, /^button "New message"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New message' });
    await dialog.getByRole('textbox', { name: 'Phone number' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toMatch(/^button "New message"/);
    await page.keyboard.press('Enter');
    await dialog.getByRole('textbox', { name: 'Phone number' }).waitFor();
    await walkTo(page, /^textbox "Phone number"/);
    await page.keyboard.type('+1 415 555 0133');
    await walkTo(page, /^textbox "Message"/);
    await page.keyboard.type('Hello from the keyboard.');
    await look(page, 'new-message');
    await page.keyboard.press('ControlOrMeta+Enter');
    await bubble('Hello from the keyboard.').waitFor();
    await expect.poll(() => receivedOnPhone(stack, '+14155550133', 'Hello from the keyboard.')).toBe(1);
    await expect.poll(() => focused(page)).not.toBe('');
  });

  it('opens and closes the bell', async () => {
    await walkTo(page, /^button "\d+ new notifications?"/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Notifications' }).waitFor();
    await walkTo(page, /^button ".*Maya Rivera|On my way/);
    await look(page, 'bell');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Notifications' }).waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toMatch(/^button "\d+ new notifications?"/);
    agent.guard.expectQuiet();
  });
});

describe('a screen 320 pixels wide', () => {
  it('shows the console one pane at a time', async () => {
    const narrow = await openUserPage(browser, { url: stack.url, username: 'agent@sandbox.test', width: 320, height: 640 });
    await narrow.open('/lightning/n/Switchboard_Console');
    await narrow.page.getByRole('option').filter({ hasText: 'Maya Rivera' }).waitFor();
    await fits(narrow.page, 'list');
    await narrow.page.getByRole('option').filter({ hasText: 'Maya Rivera' }).click();
    await narrow.page.getByRole('textbox', { name: 'Message to Maya Rivera' }).fill('From a telephone');
    await fits(narrow.page, 'thread');
    await narrow.page.getByRole('button', { name: 'Details' }).click();
    await narrow.page.getByRole('heading', { name: 'Details' }).waitFor();
    await fits(narrow.page, 'details');
    await narrow.page.getByRole('button', { name: 'Back to the messages' }).click();
    await narrow.page.getByRole('button', { name: 'Back to conversations' }).click();
    await narrow.page.getByRole('button', { name: 'New message' }).click();
    await narrow.page.getByRole('dialog').getByRole('textbox', { name: 'Phone number' }).waitFor();
    await fits(narrow.page, 'new-message');
    narrow.guard.expectQuiet();
    await narrow.close();
  });

  it.each([
    ['start', 'Register this org'],
    ['numbers', 'Phone fields'],
    ['users', 'What happened'],
    ['health', 'Parked rows'],
    ['check', 'See whether everything is in place'],
  ])('shows the setup page “%s”', async (name, heading) => {
    const narrow = await openUserPage(browser, { url: stack.url, username: 'admin@sandbox.test', width: 320, height: 640 });
    await narrow.open(`/lightning/n/Switchboard_Setup?c__page=${name}`);
    await narrow.page.getByRole('heading', { name: heading }).first().waitFor();
    await expect.poll(() => narrow.page.getByText('Loading…').count()).toBe(0);
    await fits(narrow.page, `setup-${name}`);
    narrow.guard.expectQuiet();
    await narrow.close();
  });
});

/** Nothing lies outside of the window to the right. */
async function fits(on: Page, name: string): Promise<void> {
  await screenshot(on, `keyboard-320-${name}`, undefined, true);
  await expectAccessible(on);
  const over = await on.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - window.innerWidth);
  expect([name, Math.max(0, over)]).toEqual([name, 0]);
}
