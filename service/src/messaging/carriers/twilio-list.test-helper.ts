import { randomUUID } from 'node:crypto';
import type { CarrierMessage, TwilioClient } from '../../gateways/twilio/index.ts';

export const sid = () => `SM${randomUUID().replaceAll('-', '')}`;
export const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600_000);

let people = 0;

/** A message in the carrier's list; where nothing else is said, another system's. */
export function listed(message: Partial<CarrierMessage>): CarrierMessage {
  return {
    sid: sid(),
    from: '+14155550100',
    to: `+1415553${1000 + (people += 1)}`,
    body: 'text',
    status: 'delivered',
    direction: 'outbound',
    errorCode: null,
    mediaCount: 0,
    createdAt: new Date().toISOString(),
    ...message,
  } as CarrierMessage;
}

const PAGE = 200;

type Place = [since: string, before: string | null, to: string | null, start: number];

/** A carrier that answers as many calls as told, with what it has between the asked times. One may not keep to the upper bound. */
export function longList(
  messages: CarrierMessage[],
  calls: { left: number },
  { keepsBound = true } = {},
): Pick<TwilioClient, 'listMessages'> {
  const at = (message: CarrierMessage) => Date.parse(message.createdAt ?? '');
  return {
    listMessages: ({ since = '', before, to, page } = {}) => {
      calls.left -= 1;
      if (calls.left < 0)
        return Promise.resolve({ ok: false, problem: { kind: 'throttled', text: 'Too many requests.', retryable: true } });
      const first: Place = [since, before ?? null, to ?? null, 0];
      const [from, until, recipient, start] = page ? (JSON.parse(page) as Place) : first;
      const found = messages
        .filter((message) => at(message) >= Date.parse(from) && (!keepsBound || !until || at(message) <= Date.parse(until)))
        .filter((message) => recipient === null || message.to === recipient)
        .sort((a, b) => at(b) - at(a));
      const nextPage = start + PAGE < found.length ? JSON.stringify([from, until, recipient, start + PAGE]) : null;
      return Promise.resolve({ ok: true, value: { messages: found.slice(start, start + PAGE), nextPage } });
    },
  };
}
