import { SAMPLE_NUMBERS } from '../salesforce/sample/sample.ts';
import type { Stack } from './types.ts';

const US = '+14155550100';
const UK = '+447700900100';
const AGENT = 'agent@sandbox.test';
const LONG_THREAD = 1_000;

/** One example of every state that a message or conversation can be in, made the way it comes about in life. */
export async function loadConversations(stack: Stack, say: (text: string) => void): Promise<void> {
  say('Sample conversations');
  await thread(stack);
  await states(stack);
}

/**
 * Texts of the last hours that stand in the carrier's list before the service knows the carrier: it fetches them when the account is set
 * up, with the times at which they came.
 */
export async function loadHistory(stack: Stack, say: (text: string) => void): Promise<void> {
  say(`A thread of ${LONG_THREAD} messages from before`);
  const start = Date.now() - 20 * 3600_000;
  for (let line = 1; line <= LONG_THREAD; line += 1) {
    const at = new Date(start + line * 60_000).toISOString();
    await inbound(stack, '+14155550170', US, `Line ${line} of ${LONG_THREAD}: ${REMARKS[line % REMARKS.length]}`, [], at);
  }
}

/** A text from a phone. */
async function inbound(stack: Stack, from: string, to: string, body: string, media: string[] = [], at?: string): Promise<void> {
  const response = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, to, body, ...(media.length > 0 && { media }), ...(at && { at }) }),
  });
  if (!response.ok) throw new Error(`the sandbox carrier refused a text: ${await response.text()}`);
}

/** Waits until everything that this phone wrote has reached the service, and everything that was written to it has reached the phone. */
async function landed(stack: Stack, phone: string, received: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { messages } = (await (
      await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/phones/${encodeURIComponent(phone)}`)
    ).json()) as { messages: { direction: string; status: string }[] };
    const pending = messages.some((message) => message.direction === 'sent' && message.status !== 'Delivered');
    if (!pending && messages.filter((message) => message.direction === 'received').length >= received) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let sent = 0;

/** A text from an agent, through the org. */
async function outbound(stack: Stack, to: string, from: string, body: string): Promise<{ id: string; conversationId: string }> {
  sent += 1;
  const userId = (await stack.api.org()).users.find((user) => user.username === AGENT)?.id ?? '';
  const headers = { 'Idempotency-Key': `sample-${Date.now()}-${sent}`, 'X-User-Id': userId };
  return stack.api.as(AGENT).post('/v1/messages', { to, from, body }, headers);
}

async function thread(stack: Stack): Promise<void> {
  const maya = SAMPLE_NUMBERS.single;
  await inbound(stack, maya, US, 'Hi! Is my order ready to be picked up?');
  await landed(stack, maya, 0);
  await outbound(stack, maya, US, 'Hello Maya, it will be ready at 3 pm. Shall we put it aside for you?');
  await landed(stack, maya, 1);
  await inbound(stack, maya, US, 'Yes please 🙂 This is the box I mean:');
  await landed(stack, maya, 1);
  await inbound(stack, maya, US, '', ['parcel']);
  await landed(stack, maya, 1);
  await outbound(stack, maya, US, 'Perfect, see you then.');
  await landed(stack, maya, 2);
}

async function states(stack: Stack): Promise<void> {
  await inbound(stack, SAMPLE_NUMBERS.shared, US, 'Do you also deliver on Saturdays?');
  await inbound(stack, SAMPLE_NUMBERS.unicode, US, 'こんにちは。明日の予約を変更できますか？');
  await inbound(stack, SAMPLE_NUMBERS.leadAndContact, UK, 'Could somebody call me about the quote? Ta!');
  await inbound(stack, SAMPLE_NUMBERS.lead, UK, 'Grüße aus München – wann öffnen Sie morgen? ÄÖÜ ß €');
  await inbound(stack, SAMPLE_NUMBERS.account, UK, 'Our reception asks for the new price list.');
  await inbound(stack, SAMPLE_NUMBERS.unknown, US, 'Who is this?');
  await inbound(stack, '+14155550160', US, 'Please no more messages.');
  await landed(stack, '+14155550160', 0);
  await inbound(stack, '+14155550160', US, 'STOP');
  await outbound(stack, '+15005550091', US, 'Your parcel arrives tomorrow.'); // switched off: undelivered
  await outbound(stack, '+15005550096', US, 'Your parcel arrives today.'); // fails without a reason
  await outbound(stack, '+15005550001', US, 'Just a reminder of your appointment.'); // refused: not a valid number
  await unknownOutcome(stack);
  await parked(stack);
}

/** The carrier takes the text, and its reply is lost: nobody can know, and the page says so. */
async function unknownOutcome(stack: Stack): Promise<void> {
  await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { path: 'smpp:submit_sm' }, times: 1, action: { drop: 'after' } }),
  });
  await outbound(stack, '+15005550095', UK, 'Can we move our call to Thursday?');
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // until the cut has happened; later texts must not meet it
}

/** A sender who does not exist in the org: Salesforce refuses the record, and the row waits for an admin. */
async function parked(stack: Stack): Promise<void> {
  await fetch(`http://localhost:${stack.ports.service}/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.apiKey()}`,
      'content-type': 'application/json',
      'x-user-id': '005000000000999AAA',
      'idempotency-key': `sample-parked-${Date.now()}`,
    },
    body: JSON.stringify({ to: '+14155550161', from: US, body: 'Sent by a user who was deleted.' }),
  });
}

const REMARKS = [
  'the van is at the gate',
  'two pallets unloaded',
  'signed by the warehouse',
  'next stop in 20 minutes',
  'traffic on the ring road, small delay',
];
