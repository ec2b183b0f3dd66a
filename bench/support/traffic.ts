import { randomUUID } from 'node:crypto';
import { person } from '../../sandbox/control/people.ts';
import { signedText } from '../../sandbox/carrier/twilio/signed-text.ts';
import type { Shot } from './load.ts';
import { twilioTarget, type BenchStack } from './stack.ts';

/** In turn a text that a customer wrote and one that an agent writes. */
export async function bothWays(stack: BenchStack, customers: number): Promise<(index: number) => Shot> {
  const target = await twilioTarget(stack);
  const key = stack.apiKey();
  const { users } = await stack.api.org();
  const agent = users.find(({ username }) => username === 'agent@sandbox.test')?.id ?? '';
  return (index) => {
    const customer = person('bench', Math.floor(index / 2) % customers).phone;
    if (index % 2 === 0) return signedText(target, { from: customer, to: target.number, body: `Question ${index}: is it ready?` });
    return {
      method: 'POST',
      path: '/v1/messages',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        'x-user-id': agent,
      },
      body: JSON.stringify({ to: customer, from: target.number, body: `Answer ${index}: it is, come by any time.` }),
    };
  };
}

/** How many messages the org has. */
export function messagesInOrg({ salesforce: { org } }: BenchStack): number {
  const [row] = org.query(`SELECT COUNT(Id) total FROM ${org.own('Message__c')}`);
  return Number(row?.['total']);
}

/** Rows of all lanes that wait. */
export async function waiting(stack: BenchStack): Promise<number> {
  return Number(await stack.database?.value(`select count(*) from outbox where state = 'waiting'`));
}
