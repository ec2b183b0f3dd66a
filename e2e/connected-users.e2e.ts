/** Who the org is reached as: invitations with their mistakes, the order, a main user that dies, all users down, and the way back. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from '../sandbox/stack/first-start.ts';
import { expectAccessible, type AxeOptions } from './support/axe.ts';
import { launchBrowser, openUserPage, screenshot, type UserPage } from './support/browser.ts';
import { picturesOfFailures } from './support/failure.ts';
import { changeUser, mailsTo, soql, textFromPhone } from './support/peers.ts';
import { acceptInvite, logIn, newestInvite } from './support/sign-in.ts';
import { startTestStack, type TestStack } from './support/stack.ts';

const ADMIN = 'admin@sandbox.test';
const STANDBY = 'standby@sandbox.test';
const SPARE = 'spare@sandbox.test';
const OUR_UK = '+447700900100';

let stack: TestStack;
let browser: Browser;
let admin: UserPage;
let page: Page;
/** The service's pages, as whoever opens a link in a mail. */
let guest: Page;
const links: string[] = [];

picturesOfFailures('users', () => browser);

beforeAll(async () => {
  stack = await startTestStack({ sample: 'nothing' });
  await register(stack, ADMIN);
  await addUkCarrier();
  browser = await launchBrowser();
  admin = await openUserPage(browser, { url: stack.url, username: ADMIN });
  page = admin.page;
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

async function addUkCarrier(): Promise<void> {
  const api = stack.api.as(ADMIN);
  const { id } = await api.post<{ id: string }>('/v1/carrier-accounts', {
    kind: 'smpp',
    label: 'UK carrier',
    settings: { host: '127.0.0.1', port: stack.ports.smpp, systemId: 'switchboard' },
    secret: 'sandbox',
    ratePerSecond: 50,
    windowSize: 10,
  });
  await api.post('/v1/numbers', { number: OUR_UK, kind: 'phone', label: 'UK line', accountId: id, country: 'GB', isDefault: true });
}

async function look(on: Page, name: string, options: AxeOptions = {}): Promise<void> {
  await screenshot(on, `users-${name}`);
  await expectAccessible(on, options);
}

/** The platform's confirm dialog gives its host element the dialog's role a second time, without the name that the dialog itself has. */
const CONFIRM: AxeOptions = { disable: ['aria-dialog-name'] };

async function freshGuest(): Promise<Page> {
  await guest?.context().close();
  guest = await (await browser.newContext({ viewport: { width: 800, height: 700 } })).newPage();
  return guest;
}

function card(name: string): Locator {
  return page
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { name }) })
    .last(); // the first is the frame around all cards
}

async function invite(name: string): Promise<void> {
  await page.getByRole('button', { name: 'Invite user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a connected user' });
  await dialog.getByRole('searchbox', { name: 'Find a user' }).fill(name);
  await dialog.getByText(`${name} ·`).click();
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await card(name).getByText('Requested', { exact: true }).waitFor();
}

async function inviteLink(username: string): Promise<string> {
  let link: string | undefined;
  await expect.poll(async () => (link = await newestInvite(stack, username, links))).toMatch(/^http/);
  links.push(link ?? '');
  return link ?? '';
}

let texts = 0;

/** A customer's text, which makes the service write to the org. */
async function customerTexts(): Promise<string> {
  const body = `Text ${(texts += 1)}`;
  await textFromPhone(stack, { from: '+447700900555', to: OUR_UK, body });
  return body;
}

async function inOrg(body: string, username = ADMIN): Promise<number> {
  return (await soql<{ Body__c: string }>(stack, username, 'SELECT Body__c FROM Message__c')).filter((row) => row.Body__c === body).length;
}

async function mailSubjects(): Promise<string[]> {
  return (await mailsTo(stack, ADMIN)).map(({ subject }) => subject);
}

const count = (subjects: string[], text: string) => subjects.filter((subject) => subject.includes(text)).length;

describe('connected users', () => {
  it('start with the one who registered', async () => {
    await admin.open('/lightning/n/Switchboard_Setup?c__page=users');
    await card('Ada Admin').getByText('Main', { exact: true }).waitFor();
    await page.getByText('There is no standby: invite one').waitFor();
    await page.getByText('1 of 3 places used.').waitFor();
    await look(page, 'one');
  });

  it('are found by name; who is no administrator is shown with the reason', async () => {
    await page.getByRole('button', { name: 'Invite user' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a connected user' });
    await dialog.getByText('Type at least two letters.').waitFor();
    await dialog.getByRole('searchbox', { name: 'Find a user' }).fill('Agent');
    const agent = dialog.getByRole('radio', { name: /Alex Agent/ });
    await agent.waitFor({ state: 'attached' });
    expect(await agent.isDisabled()).toBe(true);
    await dialog
      .getByText(/rights of a System Administrator\.$/)
      .first()
      .waitFor();
    await look(page, 'not-admin');
    await dialog.getByRole('searchbox', { name: 'Find a user' }).fill('nobody of that name');
    await dialog.getByText('No active user matches “nobody of that name”.').first().waitFor();
    await dialog.getByRole('searchbox', { name: 'Find a user' }).fill('Stan');
    await dialog.getByText('Stan Standby ·').click();
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Send the link to' }).inputValue()).toBe(STANDBY);
    await look(page, 'invite');
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    await card('Stan Standby').getByText('Requested', { exact: true }).waitFor();
    await look(page, 'requested');
  });

  it('open the link in their mail; a wrong user is refused in words', async () => {
    const link = await inviteLink(STANDBY);
    await freshGuest();
    await guest.goto(`http://localhost:${stack.ports.mail}/`);
    await guest.getByRole('link', { name: 'Switchboard asks for your consent to connect to Salesforce' }).click();
    await guest.getByRole('heading', { name: 'Switchboard asks for your consent to connect to Salesforce' }).waitFor();
    await look(guest, 'mail');
    await guest.getByRole('link', { name: link }).first().click();
    await guest.getByRole('heading', { name: `Connect ${STANDBY}` }).waitFor();
    await look(guest, 'invite-page');
    await guest.getByRole('button', { name: 'Continue to Salesforce' }).click();
    await logIn(guest, SPARE);
    await guest.getByRole('button', { name: 'Allow' }).click();
    await guest.getByRole('heading', { name: 'The invitation is for another user' }).waitFor();
    await look(guest, 'wrong-user');
    await acceptInvite(await freshGuest(), link, STANDBY);
    await guest.getByText('All objects and fields that Switchboard needs are there.').waitFor();
    await look(guest, 'invited-done');
    await card('Stan Standby').getByText('Connected', { exact: true }).waitFor();
    await page.getByText('Ada Admin is main, one standby is ready.').waitFor();
  });

  it('cannot use a link twice, nor forge a sign-in', async () => {
    await (await freshGuest()).goto(links[0] ?? '');
    await guest.getByRole('heading', { name: 'This invitation is not valid any more' }).waitFor();
    await look(guest, 'replayed');
    await guest.goto(`http://localhost:${stack.ports.service}/connect/callback?state=forged&code=forged`);
    await guest.getByRole('heading', { name: 'This sign-in was not started in this browser, or took too long' }).waitFor();
    await look(guest, 'forged');
  });

  it('are three at most', async () => {
    await invite('Sam Spare');
    await acceptInvite(await freshGuest(), await inviteLink(SPARE), SPARE);
    await card('Sam Spare').getByText('Connected', { exact: true }).waitFor();
    await page.getByText('3 of 3 places used.').waitFor();
    expect(await page.getByRole('button', { name: 'Invite user' }).isDisabled()).toBe(true);
    const fourth = await stack.api.as(ADMIN).call('POST', '/v1/connections', { username: 'agent@sandbox.test' });
    expect(fourth).toMatchObject({ status: 409, body: { code: 'connection_limit' } });
  });

  it('are put in order with the keyboard, tested and made main', async () => {
    const up = page.getByRole('button', { name: 'Move Sam Spare up' });
    await up.focus();
    await page.keyboard.press('Enter');
    await card('Sam Spare').getByText('Standby 1', { exact: true }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: /^Move Sam Spare (up|down)$/ }).evaluateAll(focused)).toBe(true);
    await page.getByRole('button', { name: 'Test Stan Standby' }).click();
    await page.getByText('Stan Standby reaches the org').waitFor();
    await page.getByRole('button', { name: 'Make main: Sam Spare' }).click();
    await card('Sam Spare').getByText('Main', { exact: true }).waitFor();
    await page.getByText(`${SPARE} was made the main user; ${ADMIN} is a standby user now.`).waitFor();
    await look(page, 'three');
  });

  it('take over by themselves when the main user is switched off', async () => {
    await changeUser(stack, SPARE, 'deactivate');
    const body = await customerTexts();
    await expect.poll(() => inOrg(body)).toBe(1);
    await card('Sam Spare').getByText('Disconnected', { exact: true }).waitFor();
    await page
      .getByText(new RegExp(`took over from ${SPARE}`))
      .first()
      .waitFor();
    await page.getByRole('heading', { name: 'What happened' }).scrollIntoViewIfNeeded();
    await look(page, 'switched');
    await expect.poll(async () => count(await mailSubjects(), 'took over')).toBe(1);
  });

  it('when all are lost, messages are kept and counted', async () => {
    for (const username of [ADMIN, STANDBY]) await changeUser(stack, username, 'revoke');
    const body = await customerTexts();
    await page.getByText('No connected user works').waitFor({ timeout: 30_000 });
    await page.getByText('The org cannot be reached. Messages are kept').waitFor();
    await look(page, 'all-down');
    await page.getByRole('link', { name: 'Message health', exact: true }).click();
    await expect.poll(() => page.locator('[data-tile="toOrg"]').innerText()).toMatch(/\b[12]\b/);
    await look(page, 'all-down-health');
    expect(await inOrg(body)).toBe(0);
    await expect.poll(async () => count(await mailSubjects(), 'no connected user reaches')).toBe(1);
  });

  it('one comes back, and everything is delivered', async () => {
    await page.getByRole('link', { name: 'Connected users', exact: true }).click();
    await page.getByRole('button', { name: 'Reconnect Ada Admin' }).click();
    await acceptInvite(await freshGuest(), await inviteLink(ADMIN), ADMIN);
    await expect.poll(() => inOrg(`Text ${texts}`)).toBe(1);
    await expect.poll(() => page.getByText('No connected user works').count()).toBe(0);
    await page.getByText('The last spare is in use').waitFor();
    await look(page, 'back');
    await expect.poll(async () => count(await mailSubjects(), 'is reached again')).toBe(1);
  });

  it('do nothing while the message connection is off', async () => {
    const mode = page.getByRole('switch', { name: /Message connection mode/ });
    await page.getByText('Message connection mode', { exact: true }).click();
    const confirm = page.getByRole('alertdialog', { name: 'Switch the message connection off?' });
    await confirm.waitFor();
    await look(page, 'switch-off', CONFIRM);
    await confirm.getByRole('button', { name: 'OK' }).click();
    await page.getByText('Message connection is switched off').first().waitFor();
    await expect.poll(() => mode.isChecked()).toBe(false);
    const body = await customerTexts();
    await page.getByRole('link', { name: 'Message health', exact: true }).click();
    await expect.poll(() => page.locator('[data-tile="toOrg"]').innerText()).toMatch(/\b[12]\b/);
    expect(await inOrg(body)).toBe(0);
    await look(page, 'off');
    await page.getByRole('link', { name: 'Connected users', exact: true }).click();
    await page.getByText('Message connection mode', { exact: true }).click();
    await expect.poll(() => inOrg(body)).toBe(1);
  });

  it('are removed, the last one only after a question', async () => {
    for (const name of ['Stan Standby', 'Sam Spare', 'Ada Admin']) {
      await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
      const confirm = page.getByRole('alertdialog', { name: `Remove ${name}?` });
      await confirm.waitFor();
      if (name === 'Ada Admin') {
        await confirm.getByText('Ada Admin is the last connected user.').waitFor();
        await look(page, 'remove-last', CONFIRM);
      }
      await confirm.getByRole('button', { name: 'OK' }).click();
      await card(name).waitFor({ state: 'detached' });
    }
    await page.getByText('Nobody is connected').waitFor();
    await look(page, 'none');
  });

  it('told every event once', async () => {
    const told = [
      [`${ADMIN} took over`, 1],
      [`${STANDBY} took over`, 1],
      ['no standby user is left', 1],
      ['no connected user reaches', 2], // when all had failed, and when the last one was removed
      ['is reached again', 1],
    ] as const;
    await expect
      .poll(async () => {
        const subjects = await mailSubjects();
        return told.map(([text]) => [text, count(subjects, text)]);
      })
      .toEqual(told);
  });

  it('begin anew with an administrator who signs in', async () => {
    const body = await customerTexts();
    await page.getByText('Sandbox (test.salesforce.com)').click();
    const [popUp] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'Register', exact: true }).click()]);
    await popUp.getByRole('button', { name: 'Continue to Salesforce' }).click();
    await logIn(popUp, ADMIN);
    await popUp.getByRole('button', { name: 'Allow' }).click();
    await popUp.getByText('All objects and fields that Switchboard needs are there.').waitFor();
    await popUp.close();
    await card('Ada Admin').getByText('Main', { exact: true }).waitFor();
    await expect.poll(() => page.getByText('No connected user works').count()).toBe(0);
    await expect.poll(() => inOrg(body)).toBe(1);
    admin.guard.expectQuiet();
  });
});

/** Whether one of these elements has the focus; runs in the page. */
function focused(elements: Element[]): boolean {
  return elements.some((element) => element.matches(':focus'));
}
