import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { axeViolations, expectAccessible } from '../../e2e/support/axe.ts';
import { launchBrowser, openUserPage, type UserPage } from '../../e2e/support/browser.ts';
import { startStage, type Stage } from '../../e2e/support/page.ts';

const BUILD_MS = 180_000;
const AGENT = 'agent@sandbox.test';
const CHANNEL = '/event/ConversationChanged__e';

let stage: Stage;
let browser: Browser;
let user: UserPage;
let contact = '';
let conversation = '';

beforeAll(async () => {
  [stage, browser] = await Promise.all([startStage(), launchBrowser()]);
  const { org } = stage.salesforce;
  const OwnerId = org.users.byUsername(AGENT)?.id ?? '';
  const account = org.insert('Account', { Name: 'Northwind Supplies', OwnerId });
  contact = org.insert('Contact', { FirstName: 'Maria', LastName: 'Lindgren', MobilePhone: '+14155550101', AccountId: account, OwnerId });
  conversation = org.insert('Conversation__c', {
    Name: 'Maria Lindgren',
    ExternalId__c: 'c-1',
    CustomerNumber__c: '+14155550101',
    Contact__c: contact,
    OwnerId,
  });
  const hidden = await fetch(`${stage.salesforce.url}/__sandbox/users/${AGENT}/fields`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ object: 'Contact', field: 'HomePhone', read: false }),
  });
  expect(hidden.status).toBe(200);
}, BUILD_MS);
afterAll(async () => {
  await browser.close();
  await stage.close();
});
beforeEach(async () => {
  user = await openUserPage(browser, { url: stage.url, username: AGENT });
  user.guard.allow(/status of 500 .*\/__shell\/apex\/MessagingController\./); // no service answers here
});
afterEach(() => user.close());

it('navigates inside the page, with focus on the new heading, titles and the browser’s Back', async () => {
  const { page } = user;
  await user.open('/');
  await page.evaluate(() => ((window as unknown as { stays: boolean }).stays = true));
  await page.getByRole('navigation', { name: 'App' }).getByRole('link', { name: 'Contacts' }).click();
  await page.getByRole('link', { name: 'Maria Lindgren' }).click();
  const heading = page.getByRole('heading', { level: 1, name: 'Maria Lindgren' });
  await heading.waitFor();
  await expect
    .poll(() => heading.evaluate((element) => element === element.getRootNode().ownerDocument?.activeElement || element.matches(':focus')))
    .toBe(true);
  expect(new URL(page.url()).pathname).toBe(`/lightning/r/Contact/${contact}/view`);
  await expect.poll(() => page.title()).toBe('Maria Lindgren | Contact | Switchboard');

  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor();
  expect(await page.evaluate(() => (window as unknown as { stays?: boolean }).stays)).toBe(true);
});

it('opens a deep link with the page that force-app activates', async () => {
  await user.open(`/lightning/r/Conversation__c/${conversation}/view`);
  await user.page.locator('c-messaging-thread-page').waitFor();
  await user.page.getByRole('heading', { level: 1, name: 'Maria Lindgren' }).waitFor();
  await user.open(`/lightning/r/${conversation}/view`);
  await user.page.locator('c-messaging-thread-page').waitFor();
});

it('shows the customer’s card although the org hides one of its fields', async () => {
  await user.open(`/lightning/r/Conversation__c/${conversation}/view`);
  const panel = user.page.locator('c-messaging-record-panel');
  await panel.getByRole('link', { name: 'Maria Lindgren' }).waitFor();
  await panel.getByText('+1 415 555 0101').first().waitFor();
  await panel.getByText('Northwind Supplies').waitFor();
});

it('shows times in the zone of the user, not of the browser', async () => {
  const { org } = stage.salesforce;
  const far = 'agent2@sandbox.test';
  org.insert('Conversation__c', {
    Name: 'Far away',
    ExternalId__c: 'c-far',
    CustomerNumber__c: '+14155550102',
    LastMessageAt__c: '2026-11-20T10:00:00.000Z',
    OwnerId: org.users.byUsername(far)?.id ?? '',
  });
  const other = await openUserPage(browser, { url: stage.url, username: far });
  try {
    await other.open('/lightning/o/Conversation__c/list');
    await other.page.getByRole('row', { name: /Far away.*(23:00|11:00\s?pm)/i }).waitFor(); // 11:00 in the browser's zone
  } finally {
    await other.close();
  }
});

it('says so when a record does not exist', async () => {
  user.guard.allow(/status of 404 .*\/__shell\/record/);
  await user.open('/lightning/r/Contact/003000000000000AAA/view');
  await user.page.getByRole('heading', { name: 'Record not found' }).waitFor();
});

it('searches a list and everything', async () => {
  const { page } = user;
  await user.open('/lightning/o/Contact/list');
  await page.getByRole('searchbox', { name: 'Search Contacts' }).fill('nobody');
  await page.getByText('There is nothing to show.').waitFor();
  await page.getByRole('searchbox', { name: 'Search Salesforce' }).fill('Lindgren');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Results for “Lindgren”' }).waitFor();
  await page.getByRole('link', { name: 'Maria Lindgren' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Maria Lindgren' }).waitFor();
});

it('switches the user, who sees other tabs', async () => {
  const { page } = user;
  await user.open('/');
  expect(await page.getByRole('link', { name: 'Switchboard Setup' }).count()).toBe(0);
  await page.getByRole('button', { name: /Alex Agent/ }).click();
  await page
    .getByRole('menuitemcheckbox', { name: /Ada Admin/ })
    .or(page.getByRole('menuitem', { name: /Ada Admin/ }))
    .click();
  await page.getByRole('heading', { name: 'Welcome, Ada Admin' }).waitFor();
  await page.getByRole('navigation', { name: 'App' }).getByRole('link', { name: 'Switchboard Setup' }).waitFor();
});

it('rings the bell when a notification arrives and goes to its record', async () => {
  const { page } = user;
  await user.open('/');
  await page.getByRole('button', { name: '0 new notifications' }).waitFor();
  await notify();
  await page.getByRole('button', { name: '1 new notification' }).click();
  await page.getByRole('button', { name: /New text message/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Maria Lindgren' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: '0 new notifications' }).waitFor();
});

async function notify(): Promise<void> {
  const { org, url } = stage.salesforce;
  const token = await fetch(`${url}/__sandbox/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin@sandbox.test' }),
  });
  const { accessToken } = (await token.json()) as { accessToken: string };
  const type = org.query("SELECT Id FROM CustomNotificationType WHERE DeveloperName = 'Switchboard_Message'")[0]?.['Id'];
  const input = {
    customNotifTypeId: type,
    recipientIds: [org.users.byUsername(AGENT)?.id],
    title: 'New text message',
    body: 'Maria Lindgren: Hi',
    targetId: conversation,
  };
  const sent = await fetch(`${url}/services/data/v65.0/actions/standard/customNotificationAction`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: [input] }),
  });
  expect(sent.status).toBe(200);
}

it('empApi: old events from a replay id, new ones as they come, and those missed while the connection was cut', async () => {
  const { page } = user;
  const { org } = stage.salesforce;
  const first = org.events.publish(CHANNEL, { ConversationIds__c: 'first' });
  org.events.publish(CHANNEL, { ConversationIds__c: 'second' });
  await user.open('/');
  // As text: vitest would rewrite a dynamic import.
  await page.evaluate(`(async () => {
    const { subscribe } = await import('lightning/empApi');
    window.heard = [];
    await subscribe('${CHANNEL}', ${first.replayId}, ({ data }) => window.heard.push(data.payload.ConversationIds__c));
  })()`);
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await expect.poll(heard).toEqual(['second']);
  org.events.publish(CHANNEL, { ConversationIds__c: 'third' });
  await expect.poll(heard).toEqual(['second', 'third']);

  user.guard.allow(/ERR_|status of 404/);
  stage.page.dropStreams();
  org.events.publish(CHANNEL, { ConversationIds__c: 'while away' });
  await expect.poll(heard, { timeout: 15_000 }).toEqual(['second', 'third', 'while away']);
});

it('empApi: new events only, also when the connection is cut before the first one', async () => {
  const { page } = user;
  await user.open('/');
  const asked = page.waitForResponse((response) => response.request().method() === 'POST' && /__shell\/stream\//.test(response.url()));
  await page.evaluate(`(async () => {
    const { subscribe } = await import('lightning/empApi');
    window.heard = [];
    await subscribe('${CHANNEL}', -1, ({ data }) => window.heard.push(data.payload.ConversationIds__c));
  })()`);
  await asked;
  user.guard.allow(/ERR_|status of 404/);
  stage.page.dropStreams();
  stage.salesforce.org.events.publish(CHANNEL, { ConversationIds__c: 'while away' });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await expect.poll(heard, { timeout: 15_000 }).toEqual(['while away']);
});

it.each([1280, 320])(
  'has no accessibility violation and nothing wider than the window at %i px',
  async (width) => {
    await user.page.setViewportSize({ width, height: 800 });
    const addresses = [
      '/lightning/page/home',
      '/lightning/o/Contact/list',
      `/lightning/r/Contact/${contact}/view`,
      '/lightning/page/search?q=Maria',
      '/lightning/n/Nowhere',
    ];
    for (const address of addresses) {
      await user.open(address);
      await user.page.waitForLoadState('networkidle').catch(() => undefined);
      await expectAccessible(user.page);
      expect(await user.page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(width);
    }
    user.guard.expectQuiet();
  },
  60_000,
);

it('axe looks into components', async () => {
  await user.open('/');
  await user.page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'data:,';
    document.querySelector('shell-app')?.shadowRoot?.querySelector('main')?.append(image);
  });
  expect((await axeViolations(user.page)).map(({ rule }) => rule)).toContain('image-alt');
});

it('can be used with the keyboard alone: the first stop skips to the content', async () => {
  const { page } = user;
  await user.open('/');
  await page.keyboard.press('Tab');
  await expect.poll(() => page.getByRole('link', { name: 'Skip to main content' }).evaluate((link) => link.matches(':focus'))).toBe(true);
  await page.keyboard.press('Enter');
  expect(await page.getByRole('main').evaluate((main) => main.matches(':focus'))).toBe(true);
});
