import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Logger } from '../../platform/log.ts';
import type { AddressGuard } from '../../platform/net.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import type { CarrierAccount } from '../types.ts';
import type { CarrierSession, SessionEvents } from './session.ts';
import { openSmppSession } from './smpp.ts';
import { openTwilioSession } from './twilio.ts';

export interface OpenOptions {
  account: CarrierAccount;
  /** Opened: the auth token or password. */
  secret: string;
  db: Db;
  clock: Clock;
  logger: Logger;
  guard: AddressGuard;
  publicUrl: string;
  /** How often a carrier's list is asked for what a lost webhook missed, milliseconds. */
  pollMs: number;
  receive: Receive;
  receipts: Receipts;
  events: SessionEvents;
}

/** Opens the way to an account by its kind. */
export function openSession(options: OpenOptions): CarrierSession {
  const { account, secret, guard } = options;
  switch (account.kind) {
    case 'twilio':
      return openTwilioSession({
        ...options,
        authToken: secret,
        dispatcher: guard.dispatcher,
        statusUrl: `${options.publicUrl}/carriers/twilio/${account.id}/status`,
      });
    case 'smpp':
      return openSmppSession({ ...options, password: secret });
  }
}
