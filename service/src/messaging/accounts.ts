import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { SecretBox } from '../platform/crypto.ts';
import { onceMoreWhenContended } from '../platform/db/contention.ts';
import type { Db, Tx } from '../platform/db/database.ts';
import { uniqueViolation } from '../platform/db/database.ts';
import { invalidRequest, notFound } from '../platform/errors.ts';
import type { AddressGuard } from '../platform/net.ts';
import { isSenderName, isShortCode, toE164 } from '../platform/phone.ts';
import { createTryOut, peerOf } from './carriers/try-out.ts';
import { accountInUse, invalidNumber, numberInUse } from './errors.ts';
import {
  findAccount,
  findNumber,
  keepAccount,
  listAccounts,
  listNumbers,
  lockNumbers,
  removeAccount,
  removeNumber,
  saveAccount,
  saveNumber,
  saveSecret,
} from './store/accounts.ts';
import { mayUse } from './send.ts';
import type { CarrierAccount, CarrierKind, NumberKind, OurNumber } from './types.ts';

export interface AccountOptions {
  db: Db;
  clock: Clock;
  secrets: SecretBox;
  guard: AddressGuard;
  publicUrl: string;
}

export interface AccountInput {
  kind: CarrierKind;
  label: string;
  settings: Record<string, unknown>;
  /** The auth token or password; write-only. */
  secret: string;
  ratePerSecond: number;
  windowSize: number;
}

export interface NumberInput {
  number: string;
  kind: NumberKind;
  label: string;
  accountId: string;
  country: string;
  isDefault: boolean;
  users: string[];
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Carrier accounts and the org's numbers. Credentials are tested before they are saved, and never read back. */
export function createAccounts(options: AccountOptions) {
  const { db, clock, secrets, guard } = options;
  const tryOut = createTryOut(guard);
  const context = (id: string) => `carrier_account:${id}`;

  function present(account: CarrierAccount) {
    const base = `${options.publicUrl}/carriers/twilio/${account.id}`;
    const { id, kind, label, settings, ratePerSecond, windowSize, state, stateSince, stateText } = account;
    return {
      id,
      kind,
      label,
      settings,
      hasSecret: true,
      ratePerSecond,
      windowSize,
      state,
      stateSince,
      stateText,
      ...(kind === 'twilio' && { webhookUrl: `${base}/inbound`, statusUrl: `${base}/status` }),
    };
  }

  async function mustFind(orgId: string, id: string): Promise<CarrierAccount> {
    const account = await findAccount(db, id, orgId);
    if (!account) throw notFound(NO_SUCH_ACCOUNT);
    return account;
  }

  return {
    list: async (orgId: string) => (await listAccounts(db, orgId)).map(present),
    openSecret: (account: CarrierAccount) => secrets.open(account.secret, context(account.id)),

    /** Seals a secret with the newest key, so that an older one can leave the configuration. */
    async sealAnew(account: CarrierAccount): Promise<void> {
      if (!secrets.isStale(account.secret)) return;
      account.secret = secrets.seal(secrets.open(account.secret, context(account.id)), context(account.id));
      await saveSecret(db, account);
    },

    async create(orgId: string, input: AccountInput) {
      await tryOut(input, input.secret);
      const id = randomUUID();
      await saveAccount(db, { ...input, id, orgId, secret: secrets.seal(input.secret, context(id)) });
      return present(await mustFind(orgId, id));
    },

    async update(orgId: string, id: string, change: { [K in keyof Omit<AccountInput, 'kind'>]?: AccountInput[K] | undefined }) {
      const before = await mustFind(orgId, id);
      if (change.settings && !isOfKind(before.kind, change.settings))
        throw invalidRequest('The settings are those of another kind of carrier. Nothing was stored.', {
          errors: [{ field: 'settings', message: `are not those of a ${before.kind} account` }],
        });
      if (change.settings && change.secret === undefined && peerOf(before.kind, change.settings) !== peerOf(before.kind, before.settings))
        throw invalidRequest('The account leads to another place or user now, so its secret has to be entered again. Nothing was stored.', {
          errors: [{ field: 'secret', message: 'must be entered again when the address or the user of the account changes' }],
        });
      const secret = change.secret ?? secrets.open(before.secret, context(id));
      const next = {
        ...before,
        label: change.label ?? before.label,
        settings: change.settings ?? before.settings,
        ratePerSecond: change.ratePerSecond ?? before.ratePerSecond,
        windowSize: change.windowSize ?? before.windowSize,
      };
      if (change.secret !== undefined || change.settings !== undefined) await tryOut(next, secret);
      await saveAccount(db, { ...next, secret: change.secret === undefined ? before.secret : secrets.seal(secret, context(id)) });
      return present(await mustFind(orgId, id));
    },

    async remove(orgId: string, id: string): Promise<void> {
      await onceMoreWhenContended(() =>
        db.transaction().execute(async (tx) => {
          await lockNumbers(tx, orgId);
          if (!(await findAccount(tx, id, orgId))) throw notFound(NO_SUCH_ACCOUNT);
          const used = (await listNumbers(tx, orgId)).filter((number) => number.accountId === id);
          if (used.length > 0) throw accountInUse(`Remove or move its ${used.length} number(s) first; what was sent and received stays.`);
          await removeAccount(tx, orgId, id, clock.now());
        }),
      );
    },

    async test(orgId: string, id: string) {
      const account = await mustFind(orgId, id);
      await tryOut(account, secrets.open(account.secret, context(id)));
      return present(account);
    },

    /** The org's numbers; those that a user may send from when `userId` is given. */
    async numbers(orgId: string, userId?: string) {
      const labels = new Map((await listAccounts(db, orgId)).map((account) => [account.id, account.label]));
      return (await listNumbers(db, orgId))
        .filter((number) => userId === undefined || mayUse(number, userId))
        .map(({ orgId: _, ...number }) => ({ ...number, accountLabel: labels.get(number.accountId) ?? '' }));
    },

    async createNumber(orgId: string, input: NumberInput) {
      const number = { ...input, id: randomUUID(), orgId, number: normalise(input) };
      await changeNumbers(orgId, async (tx) => {
        await mustKeep(tx, orgId, input.accountId);
        const isFirst = (await listNumbers(tx, orgId)).length === 0;
        await saveNumber(tx, { ...number, isDefault: input.isDefault || isFirst });
      });
      return number.id;
    },

    async updateNumber(
      orgId: string,
      id: string,
      change: { [K in keyof Omit<NumberInput, 'number' | 'kind'>]?: NumberInput[K] | undefined },
    ): Promise<void> {
      await mustFindNumber(db, orgId, id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      await changeNumbers(orgId, async (tx) => {
        if (change.accountId) await mustKeep(tx, orgId, change.accountId);
        await saveNumber(tx, { ...(await mustFindNumber(tx, orgId, id)), ...given });
      });
    },

    async removeNumber(orgId: string, id: string): Promise<void> {
      await changeNumbers(orgId, async (tx) => {
        await mustFindNumber(tx, orgId, id);
        await removeNumber(tx, orgId, id, clock.now());
      });
    },
  };

  /** One after another in an org, each seeing what the one before left: there is one default number at most. */
  async function changeNumbers(orgId: string, change: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await db.transaction().execute(async (tx) => {
        await lockNumbers(tx, orgId);
        await change(tx);
      });
    } catch (error) {
      if (uniqueViolation(error) === 'number_in_use')
        throw numberInUse('This number is on the list already.', { errors: [{ field: 'number', message: 'is set up already' }] });
      throw error;
    }
  }
}

const NO_SUCH_ACCOUNT = 'There is no such carrier account.';

/** Texts to and from a number of a removed account would wait for ever. */
async function mustKeep(tx: Tx, orgId: string, accountId: string): Promise<void> {
  if (!(await keepAccount(tx, orgId, accountId))) throw notFound(NO_SUCH_ACCOUNT);
}

async function mustFindNumber(db: Db, orgId: string, id: string): Promise<OurNumber> {
  const number = await findNumber(db, orgId, id);
  if (!number) throw notFound('There is no such number.');
  return number;
}

function isOfKind(kind: CarrierKind, settings: Record<string, unknown>): boolean {
  return kind === 'twilio' ? 'accountSid' in settings : 'systemId' in settings;
}

function normalise(input: NumberInput): string {
  const trimmed = input.number.trim();
  const number = {
    phone: () => toE164(trimmed, input.country),
    short_code: () => (isShortCode(trimmed) ? trimmed : undefined),
    sender_name: () => (isSenderName(trimmed) ? trimmed : undefined),
  }[input.kind]();
  if (!number) {
    const form = {
      phone: 'a phone number such as +1 415 555 0123',
      short_code: '3 to 8 digits',
      sender_name: 'up to 11 letters and digits',
    }[input.kind];
    throw invalidNumber(`This is not ${form}.`, { errors: [{ field: 'number', message: `must be ${form}` }] });
  }
  return number;
}
