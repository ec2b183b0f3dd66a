import { follow, onTrouble, unfollow, type EventMessage } from 'shell/stream';

interface Subscription {
  id: number;
  channel: string;
  replayId: number;
}

export async function subscribe(channel: string, replayId: number, onMessage: (message: EventMessage) => void): Promise<Subscription> {
  return { id: follow(channel, replayId, onMessage), channel, replayId };
}

export async function unsubscribe(subscription: Subscription, onDone?: (answer: object) => void): Promise<object> {
  unfollow(subscription.id);
  const answer = { successful: true, subscription: subscription.channel };
  onDone?.(answer);
  return answer;
}

export function onError(handler: (error: unknown) => void): void {
  onTrouble(handler);
}

export function setDebugFlag(): void {}

export async function isEmpEnabled(): Promise<boolean> {
  return true;
}
