import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Db } from '../platform/db/database.ts';
import { wasEverDelivered } from './store/figures.ts';

export interface Check {
  id: 'credential' | 'permissions' | 'objects' | 'access' | 'events' | 'notification' | 'users' | 'carrier' | 'numbers' | 'test_message';
  title: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  fix?: string;
}

const TEXTS = ['SwitchboardAgent', 'SwitchboardSupervisor'];
const SETS_UP = 'SwitchboardAdmin';

/** Who may use Switchboard: the active users with its permission sets. Nobody who may text is a step still to do, not a fault. */
export async function checkAccess(sf: SalesforceClient): Promise<Check> {
  const title = 'Who may use it';
  const users = async (sets: string[]) => {
    const names = sets.map((set) => `'${set}'`).join(', ');
    const { records } = await sf.query<{ users: number }>(
      `SELECT COUNT_DISTINCT(AssigneeId) users FROM PermissionSetAssignment WHERE PermissionSet.Name IN (${names}) AND Assignee.IsActive = true`,
    );
    return records[0]?.users ?? 0;
  };
  const [texting, settingUp] = [await users(TEXTS), await users([SETS_UP])];
  if (texting === 0)
    return {
      id: 'access',
      title,
      status: 'warning',
      detail: 'Nobody has the permission set Switchboard Agent yet.',
      fix: 'Assign it in Setup, under Permission Sets, to everyone who texts.',
    };
  return { id: 'access', title, status: 'ok', detail: `${counted(texting, 'user')} may text, ${settingUp} may set up.` };
}

/** Whether the way to a phone was ever proved: a text of this org that a carrier reported as delivered. */
export async function checkDelivered(db: Db, orgId: string): Promise<Check> {
  const title = 'First delivered text';
  return (await wasEverDelivered(db, orgId))
    ? { id: 'test_message', title, status: 'ok', detail: 'A carrier reported a text of this org as delivered.' }
    : {
        id: 'test_message',
        title,
        status: 'warning',
        detail: 'No text of this org was reported as delivered yet.',
        fix: 'Send a test message to your own phone.',
      };
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
