import { escapeSoql, type SalesforceClient } from '../gateways/salesforce/index.ts';

/** The custom permission of the package that stands for the ACD licence; admins assign a permission set that holds it. */
export const ACD_PERMISSION = 'SwitchboardAcd';
/** A full Salesforce licence (UserLicense, Object Reference). */
const FULL_LICENCE = 'SFDC';

/** What a user lacks to connect look-ups, in words; empty when nothing. Rights as an administrator are asked for elsewhere. */
export async function missingLicences(client: SalesforceClient, userId: string): Promise<string[]> {
  const id = escapeSoql(userId);
  const [users, permissions] = await Promise.all([
    client.query<{ Profile: { UserLicense: { LicenseDefinitionKey: string } | null } | null }>(
      `SELECT Profile.UserLicense.LicenseDefinitionKey FROM User WHERE Id = '${id}'`,
    ),
    client.query<{ ParentId: string }>(
      `SELECT ParentId FROM SetupEntityAccess WHERE SetupEntityId IN (SELECT Id FROM CustomPermission WHERE DeveloperName = '${ACD_PERMISSION}')`,
    ),
  ]);
  const hasLicence = users.records[0]?.Profile?.UserLicense?.LicenseDefinitionKey === FULL_LICENCE;
  return [
    ...(hasLicence ? [] : ['a Salesforce licence']),
    ...((await hasPermission(client, id, permissions.records)) ? [] : ['the ACD licence']),
  ];
}

/** Whether one of these permission sets (a profile's own among them) is the user's. */
async function hasPermission(client: SalesforceClient, userId: string, sets: readonly { ParentId: string }[]): Promise<boolean> {
  if (sets.length === 0) return false;
  const ids = sets.map(({ ParentId }) => `'${escapeSoql(ParentId)}'`).join(', ');
  const assigned = await client.query(
    `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '${userId}' AND PermissionSetId IN (${ids}) LIMIT 1`,
  );
  return assigned.records.length > 0;
}
