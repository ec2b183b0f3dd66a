import { FormClient } from '../control/browserless.ts';
import { sampleAccounts } from '../carrier/accounts.ts';
import { INITIAL_PASSWORD } from '../salesforce/auth/accounts.ts';
import type { Stack } from './types.ts';

const ADMIN = 'admin@sandbox.test';
const STANDBY = 'standby@sandbox.test';

/**
 * Brings a new sandbox to where a newcomer wants it, by doing what an admin does: register, invite a second user, set both carriers and
 * their numbers up. Returns false when that was done on an earlier start.
 */
export async function setUp(stack: Stack, say: (text: string) => void, beforeCarriers: () => Promise<void>): Promise<boolean> {
  const admin = stack.api.as(ADMIN);
  if ((await admin.call('GET', '/v1/org')).status === 200) return false;
  say('Registering the org as its admin');
  await register(stack, ADMIN);
  say('Connecting a standby user');
  await connect(stack, STANDBY);
  await beforeCarriers();
  say('Setting the carriers up');
  await setUpCarriers(stack);
  await shareInbox(stack, ['agent@sandbox.test', 'agent2@sandbox.test']);
  return true;
}

/** Presses Register, signs in and allows. Throws when the last page is not the one that says so. */
export async function register(stack: Stack, username: string): Promise<void> {
  const client = new FormClient({ followCallback: true });
  const start = await client.open(
    `http://localhost:${stack.ports.service}/connect/register?login=sandbox&return=${encodeURIComponent(`http://localhost:${stack.ports.lightning}/`)}`,
  );
  await walk(client, start, username);
}

/** Invites a user as the admin, opens the link in the mail, signs in and allows. */
export async function connect(stack: Stack, username: string): Promise<void> {
  await stack.api.as(ADMIN).post('/v1/connections', { username });
  const link = await waitForInvite(stack, username);
  const client = new FormClient({ followCallback: true });
  await walk(client, await client.open(link), username);
}

/** Connects look-ups to the org as a user, through the pages. */
export async function connectLookups(stack: Stack, username: string): Promise<void> {
  const { connectUrl } = await stack.api.as(ADMIN).get<{ connectUrl: string }>('/v1/acd/connection');
  const client = new FormClient({ followCallback: true });
  await walk(client, await client.open(connectUrl), username);
}

/** A phone system to try, and an extension for the user whom callers are to reach. */
export async function setUpPhoneSystem(stack: Stack, say: (text: string) => void): Promise<void> {
  say('Connecting a phone system');
  await connectLookups(stack, ADMIN);
  const { users } = await stack.api.org();
  const rest = await stack.api.rest(ADMIN);
  for (const [username, extension] of [
    [ADMIN, '2001'],
    ['agent@sandbox.test', '2002'],
  ]) {
    const user = users.find((each) => each.username === username);
    await rest('PATCH', `/sobjects/User/${user?.id}`, { Extension: extension });
  }
  await stack.api.as(ADMIN).post('/v1/acd/pbxs', { name: 'Sandbox phone system', rules: { country: 'US' } });
}

type Visit = Awaited<ReturnType<FormClient['open']>>;

/** Presses every button on the way: start, log in, allow. */
export async function walk(client: FormClient, first: Visit, username: string): Promise<void> {
  let visit = first;
  for (let step = 0; step < 6; step += 1) {
    if (visit.kind !== 'page') throw new Error('the sign-in left its pages');
    const { page } = visit;
    if (page.status >= 400) throw new Error(`the page answered ${page.status}: ${page.text}`);
    const login = page.forms.find((form) => 'username' in form.fields);
    const consent = page.forms.find((form) => form.buttons.some((button) => button.text === 'Allow'));
    const go = page.forms.find((form) => /^\/(connect|portal)\//.test(new URL(form.action).pathname));
    if (login) visit = await client.submit(login, { username, password: INITIAL_PASSWORD });
    else if (consent) visit = await client.submit(consent, {}, 'Allow');
    else if (go && step === 0) visit = await client.submit(go);
    else return;
  }
  throw new Error('the sign-in did not come to an end');
}

async function waitForInvite(stack: Stack, username: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const mails = (await (
      await fetch(`http://localhost:${stack.ports.mail}/__sandbox/mails?to=${encodeURIComponent(username)}`)
    ).json()) as { items: { text: string }[] };
    const link = mails.items.map((mail) => /https?:\/\/\S+\/connect\/invite\/[\w-]+/.exec(mail.text)?.[0]).find(Boolean);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the invitation did not arrive in the mailbox');
}

/** Makes users members of the inbox queue, so that they see texts of numbers that nobody knows. */
async function shareInbox(stack: Stack, usernames: string[]): Promise<void> {
  const { users } = await stack.api.org();
  const rest = await stack.api.rest(ADMIN);
  const { records } = await rest<{ records: { Id: string }[] }>(
    'GET',
    `/query?q=${encodeURIComponent("SELECT Id FROM Group WHERE DeveloperName = 'Switchboard_Inbox'")}`,
  );
  for (const user of users.filter(({ username }) => usernames.includes(username))) {
    await rest('POST', '/sobjects/GroupMember', { GroupId: records[0]?.Id, UserOrGroupId: user.id });
  }
}

async function setUpCarriers(stack: Stack): Promise<void> {
  const admin = stack.api.as(ADMIN);
  const { twilio, smpp } = sampleAccounts();
  const [us, uk] = [twilio[0], smpp[0]];
  if (!us || !uk) throw new Error('the sandbox carrier has no sample accounts');
  const carrierUrl = `http://localhost:${stack.ports.carrier}`;
  const first = await admin.post<{ id: string; webhookUrl: string }>('/v1/carrier-accounts', {
    kind: 'twilio',
    label: 'US carrier (HTTP)',
    settings: { accountSid: us.accountSid, baseUrl: carrierUrl },
    secret: us.authToken,
    ratePerSecond: 50,
    windowSize: 10,
  });
  const second = await admin.post<{ id: string }>('/v1/carrier-accounts', {
    kind: 'smpp',
    label: 'UK carrier (SMPP)',
    settings: { host: '127.0.0.1', port: stack.ports.smpp, systemId: uk.systemId },
    secret: uk.password,
    ratePerSecond: 50,
    windowSize: 10,
  });
  for (const number of us.numbers) {
    await admin.post('/v1/numbers', {
      number: number.number,
      kind: 'phone',
      label: number.label,
      accountId: first.id,
      country: 'US',
      isDefault: true,
    });
    await setWebhook(carrierUrl, us, number.sid, first.webhookUrl);
  }
  for (const number of uk.numbers)
    await admin.post('/v1/numbers', { number: number.number, kind: 'phone', label: number.label, accountId: second.id, country: 'GB' });
}

/** What an admin does in the carrier's console: pastes the webhook address that the setup tab shows. */
async function setWebhook(
  carrierUrl: string,
  account: { accountSid: string; authToken: string },
  numberSid: string,
  url: string,
): Promise<void> {
  const response = await fetch(`${carrierUrl}/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers/${numberSid}.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}` },
    body: new URLSearchParams({ SmsUrl: url }),
  });
  if (!response.ok) throw new Error(`the carrier refused the webhook address (${response.status})`);
}
