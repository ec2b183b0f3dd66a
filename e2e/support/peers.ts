/** What a test asks the sandbox's peers behind the browser's back: to cause something, or to prove it. */
import type { TestStack } from './stack.ts';

export interface PhoneText {
  direction: 'sent' | 'received';
  body: string;
  status: string;
}

/** Everything that the phone with this number wrote and received, by the carrier's own record. */
export async function onPhone(stack: TestStack, number: string): Promise<PhoneText[]> {
  const answer = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/phones/${encodeURIComponent(number)}`);
  return ((await answer.json()) as { messages: PhoneText[] }).messages;
}

/** How often a phone received this text. */
export async function receivedOnPhone(stack: TestStack, number: string, body: string): Promise<number> {
  return (await onPhone(stack, number)).filter((text) => text.direction === 'received' && text.body === body).length;
}

/** A text from a phone to one of the company's numbers. */
export async function textFromPhone(stack: TestStack, text: { from: string; to: string; body: string; media?: string[] }): Promise<void> {
  await post(`http://localhost:${stack.ports.carrier}/__sandbox/inbound`, text);
}

/** What happens to a user in Salesforce, such as `deactivate` or `revoke`. */
export async function changeUser(stack: TestStack, username: string, change: string): Promise<void> {
  await post(`http://localhost:${stack.ports.salesforce}/__sandbox/users/${encodeURIComponent(username)}/${change}`);
}

export interface Mail {
  id: number;
  to: string[];
  subject: string;
  text: string;
}

/** The mails to an address, newest first. */
export async function mailsTo(stack: TestStack, address: string): Promise<Mail[]> {
  const answer = await fetch(`http://localhost:${stack.ports.mail}/__sandbox/mails?to=${encodeURIComponent(address)}`);
  return ((await answer.json()) as { items: Mail[] }).items;
}

/** Records of the org as this user may see them. */
export async function soql<T>(stack: TestStack, username: string, query: string): Promise<T[]> {
  const rest = await stack.api.rest(username);
  return (await rest<{ records: T[] }>('GET', `/query?q=${encodeURIComponent(query)}`)).records;
}

async function post(url: string, body?: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
