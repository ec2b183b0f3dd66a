/** The way of a person through the pages of the service and of Salesforce, in a browser. */
import type { Page } from 'playwright-core';
import { INITIAL_PASSWORD } from '../../sandbox/salesforce/auth/accounts.ts';
import { mailsTo } from './peers.ts';
import type { TestStack } from './stack.ts';

/** Logs in at the sandbox org, up to its question whether to allow the access. */
export async function logIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(INITIAL_PASSWORD);
  await page.getByRole('button', { name: 'Log In' }).click();
  await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
}

/** The link of the newest invitation in this user's mailbox that is none of those known before. */
export async function newestInvite(stack: TestStack, username: string, known: readonly string[] = []): Promise<string | undefined> {
  for (const mail of await mailsTo(stack, username)) {
    const link = /https?:\/\/\S+\/connect\/invite\/[\w-]+/.exec(mail.text)?.[0];
    if (link && !known.includes(link)) return link;
  }
  return undefined;
}

/** Opens an invitation, signs in and allows; answers where the browser then is. */
export async function acceptInvite(page: Page, link: string, username: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Continue to Salesforce' }).click();
  await logIn(page, username);
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/connect\/callback/);
}
