import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Db } from '../platform/db/database.ts';
import { messageOf } from '../platform/errors.ts';
import { checkAccess, checkDelivered } from './check-use.ts';
import type { OrgAccess } from './org/access.ts';
import { listAccounts, listNumbers } from './store/accounts.ts';

export interface Check {
  id: 'credential' | 'permissions' | 'objects' | 'access' | 'events' | 'notification' | 'users' | 'carrier' | 'numbers' | 'test_message';
  title: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  fix?: string;
}

/** What the service writes into the org. A field that is missing or hidden parks every record that has it. */
const WRITTEN: Record<string, string[]> = {
  Conversation__c: [
    'ExternalId__c',
    'CustomerNumber__c',
    'OurNumber__c',
    'Contact__c',
    'Lead__c',
    'Account__c',
    'LastMessageAt__c',
    'LastMessageText__c',
    'LastDirection__c',
    'UnreadCount__c',
    'OptedOut__c',
    'MatchNote__c',
  ],
  Message__c: [
    'ExternalId__c',
    'Direction__c',
    'Body__c',
    'SentStatus__c',
    'DeliveryStatus__c',
    'ErrorCode__c',
    'ErrorText__c',
    'Segments__c',
    'Sequence__c',
    'OccurredAt__c',
    'SentBy__c',
    'Media__c',
  ],
  OptOut__c: ['ExternalId__c', 'PhoneNumber__c', 'State__c', 'Kind__c', 'Keyword__c', 'Reason__c', 'ChangedAt__c', 'ChangedBy__c'],
};

export interface CheckOptions {
  db: Db;
  access: OrgAccess;
  connections(orgId: string): Promise<{ username: string; status: string; role: string }[]>;
}

/** Looks at everything that must be right between the org, the service and the carriers, and names the fix of what is not. */
export function createChecks({ db, access, connections }: CheckOptions) {
  return async function check(orgId: string): Promise<Check[]> {
    const inOrg = await access.call(orgId, checkOrg).catch((error: unknown): Check[] => [unreachable(access, error)]);
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

async function checkOrg(sf: SalesforceClient): Promise<Check[]> {
  const lacking: string[] = [];
  for (const [object, fields] of Object.entries(WRITTEN)) {
    const described = await sf.describe(object).catch(() => undefined);
    if (!described) {
      lacking.push(object);
      continue;
    }
    const writable = new Map(described.fields.map((field) => [field.name, field.createable]));
    lacking.push(...fields.filter((field) => !writable.get(field)).map((field) => `${object}.${field}`));
  }
  return [
    { id: 'objects', title: 'Package', status: 'ok', detail: 'The package’s objects are installed.' },
    lacking.length === 0
      ? { id: 'permissions', title: 'Rights of the main user', status: 'ok', detail: 'Every field that is written can be written.' }
      : {
          id: 'permissions',
          title: 'Rights of the main user',
          status: 'failed',
          detail: `Cannot write ${lacking.slice(0, 8).join(', ')}${lacking.length > 8 ? ' and more' : ''}.`,
          fix: 'Assign the permission set Switchboard Integration to the connected users.',
        },
    await checkAccess(sf),
    await checkEvents(sf),
    await checkNotification(sf),
  ];
}

async function checkEvents(sf: SalesforceClient): Promise<Check> {
  const title = 'Live updates';
  const [result] = await sf
    .publish('ConversationChanged__e', [{ ConversationIds__c: '' }])
    .catch((error: unknown) => [{ success: false, errors: [{ code: '', message: messageOf(error) }] }]);
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
    .catch(() => undefined);
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
