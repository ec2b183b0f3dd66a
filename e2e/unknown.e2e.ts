/** A message of which nobody knows whether it was sent: the agent reads so, and an admin settles it in its conversation. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { soql } from './support/peers.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const ADMIN = 'admin@sandbox.test';
/** The sandbox's carriers never report on it. */
const SILENT = '+15005550095';
const TEXT = 'Can we move our call to Thursday?';

let stack: TestStack;
let browser: Browser;
let admin: UserPage;

picturesOfFailures('unknown', () => browser);

beforeAll(async () => {
  stack = await startTestStack({ sample: 'conversations' });
  browser = await launchBrowser();
  admin = await openUserPage(browser, { url: stack.url, username: ADMIN });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

const bubble = (): Locator => admin.page.locator('c-messaging-bubble').filter({ hasText: TEXT });

async function stored(): Promise<string | undefined> {
  const [message] = await soql<{ SentStatus__c: string }>(
    stack,
    ADMIN,
    `SELECT SentStatus__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${SILENT}' AND Direction__c = 'Outbound'`,
  );
  return message?.SentStatus__c;
}

describe('a message of unknown outcome', () => {
  it('is found under Message health and settled by an admin with a reason', async () => {
    await admin.open('/lightning/n/Switchboard_Setup?c__page=health');
    const listed = admin.page.locator('c-messaging-unknown .message').filter({ hasText: TEXT });
    await listed.waitFor({ timeout: 20_000 });
    await screenshot(admin.page, 'unknown-health', undefined, true);
    await expectAccessible(admin.page);
    await listed.getByRole('button').click();
    await bubble().getByText('Unknown whether sent').waitFor({ timeout: 20_000 });
    await bubble().getByRole('button', { name: 'Settle' }).click();
    const dialog = admin.page.getByRole('dialog', { name: 'Settle this message' });
    await dialog.getByText(TEXT).waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Choose what happened.').waitFor();
    await dialog.getByText('Say why, so that it can be understood later.').waitFor();
    await screenshot(admin.page, 'unknown-settle');
    await expectAccessible(admin.page);
    await dialog.getByText('It was sent', { exact: true }).click();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('The log of the carrier lists it.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await admin.page.getByText('Marked as sent').waitFor();
    await bubble().getByText('Sent', { exact: true }).waitFor({ timeout: 20_000 });
    expect(await bubble().getByRole('button', { name: 'Settle' }).count()).toBe(0);
    await expect.poll(stored).toBe('Sent');
    admin.guard.expectQuiet();
  });
});
