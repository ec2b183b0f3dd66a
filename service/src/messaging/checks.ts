import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Db } from '../platform/db/database.ts';
import { checkAccess, checkDelivered, type Check } from './check-use.ts';
import type { OrgAccess } from './org/access.ts';
import { listAccounts, listNumbers } from './store/accounts.ts';

export interface CheckOptions {
  db: Db;
  access: OrgAccess;
  connections(orgId: string): Promise<{ username: string; status: string; role: string }[]>;
  /** What the user lacks of the package's objects and fields, in words; an object that is not seen at all ends with "cannot be seen". */
  missingAccess(sf: SalesforceClient): Promise<string[]>;
}

/** Looks at everything that must be right between the org, the service and the carriers, and names the fix of what is not. */
export function createChecks({ db, access, connections, missingAccess }: CheckOptions) {
  return async function check(orgId: string): Promise<Check[]> {
    const inOrg = await access
      .call(orgId, (sf) => checkOrg(sf, missingAccess))
      .catch((error: unknown): Check[] => [unreachable(access, error)]);
    return [
      {
        id: 'credential',
        title: 'Salesforce reaches the service',
        status: 'ok',
        detail: 'This check was asked for by the org with its key.',
      },
      ...inOrg,
      await checkUsers(orgId),
      ...(await checkCarriers(orgId)),
      await checkDelivered(db, orgId),
    ];
  };

  async function checkUsers(orgId: string): Promise<Check> {
    const users = await connections(orgId);
    const connected = users.filter((user) => user.status === 'connected').length;
    const title = 'Connected users';
    if (connected === 0)
      return {
        id: 'users',
        title,
        status: 'failed',
        detail: 'Nobody is connected.',
        fix: 'Connect a user under Connected users, or register the org again.',
      };
    if (connected === 1)
      return {
        id: 'users',
        title,
        status: 'warning',
        detail: 'One user is connected and nobody can take over.',
        fix: 'Invite a second administrator under Connected users.',
      };
    return { id: 'users', title, status: 'ok', detail: `${connected} users are connected; a standby takes over within about a second.` };
  }

  async function checkCarriers(orgId: string): Promise<Check[]> {
    const [accounts, numbers] = [await listAccounts(db, orgId), await listNumbers(db, orgId)];
    const broken = accounts.filter((account) => account.state !== 'connected');
    const carrier: Check =
      accounts.length === 0
        ? {
            id: 'carrier',
            title: 'Carrier',
            status: 'failed',
            detail: 'No carrier account is set up.',
            fix: 'Add one under Numbers & carriers.',
          }
        : broken.length > 0
          ? {
              id: 'carrier',
              title: 'Carrier',
              status: 'failed',
              detail: broken.map((account) => `${account.label}: ${account.stateText || account.state}`).join('; '),
              fix: 'Open the account under Numbers & carriers and press Test.',
            }
          : { id: 'carrier', title: 'Carrier', status: 'ok', detail: `Connected: ${accounts.map((account) => account.label).join(', ')}.` };
    const number: Check =
      numbers.length === 0
        ? { id: 'numbers', title: 'Numbers', status: 'failed', detail: 'No number to send from.', fix: 'Add one under Numbers & carriers.' }
        : {
            id: 'numbers',
            title: 'Numbers',
            status: 'ok',
            detail: `To send from: ${numbers
              .map((entry) => entry.number)
              .slice(0, 5)
              .join(', ')}${numbers.length > 5 ? ` and ${numbers.length - 5} more` : ''}.`,
          };
    return [carrier, number];
  }
}

/** A fault of the org passes through: it is no lack of rights. */
async function checkOrg(sf: SalesforceClient, missingAccess: CheckOptions['missingAccess']): Promise<Check[]> {
  const missing = await missingAccess(sf);
  const unseen = missing.filter((what) => /^\w+ cannot be seen$/.test(what));
  const lacking = missing.filter((what) => !unseen.includes(what));
  const title = 'Rights of the main user';
  return [
    unseen.length === 0
      ? { id: 'objects', title: 'Package', status: 'ok', detail: 'The package’s objects are installed.' }
      : {
          id: 'objects',
          title: 'Package',
          status: 'failed',
          detail: `${listed(unseen)}.`,
          fix: 'Install the package, and assign the permission set Switchboard Integration to the connected users.',
        },
    lacking.length === 0
      ? {
          id: 'permissions',
          title,
          status: unseen.length === 0 ? 'ok' : 'warning',
          detail: unseen.length === 0 ? 'Every field that is written can be written.' : 'Objects that are not seen could not be looked at.',
        }
      : {
          id: 'permissions',
          title,
          status: 'failed',
          detail: `${listed(lacking)}.`,
          fix: 'Assign the permission set Switchboard Integration to the connected users.',
        },
    await checkAccess(sf),
    await checkEvents(sf),
    await checkNotification(sf),
  ];
}

function listed(items: string[]): string {
  return `${items.slice(0, 8).join('; ')}${items.length > 8 ? ' and more' : ''}`;
}

/** An answer of the org that refuses; a fault of the org or of the way to it is thrown on. */
function refusalOf(error: unknown): undefined {
  if (!(error instanceof SalesforceError) || error.sent !== 'yes' || error.status === 401 || error.status >= 500) throw error;
  return undefined;
}

async function checkEvents(sf: SalesforceClient): Promise<Check> {
  const title = 'Live updates';
  const [result] = await sf.publish('ConversationChanged__e', [{ ConversationIds__c: '' }]).catch((error: unknown) => [refusalOf(error)]);
  return result?.success
    ? { id: 'events', title, status: 'ok', detail: 'Pages are woken by platform events.' }
    : {
        id: 'events',
        title,
        status: 'warning',
        detail: 'A platform event could not be published; pages ask for news instead, which is slower.',
        fix: 'Check the event allocation of the org and the right to create Conversation Changed events.',
      };
}

async function checkNotification(sf: SalesforceClient): Promise<Check> {
  const title = 'Bell notifications';
  const found = await sf
    .query(`SELECT Id FROM CustomNotificationType WHERE DeveloperName = 'Switchboard_Message' LIMIT 1`)
    .catch(refusalOf);
  return found && found.records.length > 0
    ? { id: 'notification', title, status: 'ok', detail: 'Owners are told about new messages.' }
    : {
        id: 'notification',
        title,
        status: 'warning',
        detail: 'The notification type is not installed or not visible.',
        fix: 'Install the package again, and assign Switchboard Integration to the connected users.',
      };
}

function unreachable(access: OrgAccess, error: unknown): Check {
  const hold = access.heldBy(error);
  if (!hold) throw error;
  return {
    id: 'permissions',
    title: 'The service reaches Salesforce',
    status: 'failed',
    detail: hold.reason,
    fix: 'See Connected users for the cause and the next step.',
  };
}
