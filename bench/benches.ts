import type { Measured, Skipped } from './support/result.ts';

export interface Bench {
  name: string;
  what: string;
  /** False where both cores are what is measured. */
  pinned: boolean;
  /** It takes so long that it runs only when it is named; how long at most, in minutes. */
  minutes?: number;
  load(): Promise<{ run(): Promise<Measured | Skipped> }>;
}

/** In the order in which they run; a file of the same name in `cases/` holds each. */
export const BENCHES: readonly Bench[] = [
  {
    name: 'send-bubble',
    what: 'click on Send → the bubble is in the page',
    pinned: true,
    load: () => import('./cases/send-bubble.ts'),
  },
  {
    name: 'inbound-visible',
    what: 'the carrier posts a text → it is visible on the open page',
    pinned: true,
    load: () => import('./cases/inbound-visible.ts'),
  },
  {
    name: 'open-conversation',
    what: 'click on one of 10,000 conversations → its newest messages are in the page',
    pinned: true,
    load: () => import('./cases/open-conversation.ts'),
  },
  {
    name: 'service-memory',
    what: 'the service under 50 messages a second for a minute: memory, processor time, backlog',
    pinned: true,
    load: () => import('./cases/service-memory.ts'),
  },
  {
    name: 'webhook-rate',
    what: 'inbound webhooks stored before they are answered, against a bare route with one insert',
    pinned: true,
    load: () => import('./cases/webhook-rate.ts'),
  },
  {
    name: 'org-backlog',
    what: '20,000 texts that waited go into an org that answers 200 ms late: rate, calls, processor time',
    pinned: true,
    load: () => import('./cases/org-backlog.ts'),
  },
  {
    name: 'fairness',
    what: 'ten orgs at 20 texts a second each, with one stalled org and with more of them than places: the age of the others’ texts',
    pinned: true,
    load: () => import('./cases/fairness.ts'),
  },
  {
    name: 'acd-lookups',
    what: 'a million callers asked uniformly: look-ups a second against a constant route, their time with the org up and down, what they cost',
    pinned: true,
    load: () => import('./cases/acd-lookups.ts'),
  },
  {
    name: 'acd-directory',
    what: 'a million contacts are read into the directory, with a kill in between; then numbers are changed in the org',
    pinned: true,
    minutes: 40,
    load: () => import('./cases/acd-directory.ts'),
  },
  {
    name: 'switch-time',
    what: 'the main user is revoked: its first refused call → the first one that the standby user gets through',
    pinned: true,
    load: () => import('./cases/switch-time.ts'),
  },
  {
    name: 'memory-flat',
    what: 'the service under 100 messages a second for half an hour: does its memory stay where it is',
    pinned: true,
    minutes: 40,
    load: () => import('./cases/memory-flat.ts'),
  },
  {
    name: 'first-answer',
    what: 'clone → first answered text, following README only',
    pinned: false,
    load: () => import('./cases/first-answer.ts'),
  },
];
