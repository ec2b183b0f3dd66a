import { randomBytes } from 'node:crypto';

/** `47EC1B-B70D69-818AE6` */
export const PBX_ID = /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/;

export const newPbxId = (): string => (randomBytes(9).toString('hex').toUpperCase().match(/.{6}/g) as string[]).join('-');

/**
 * The path key of the Mirage routes: the PBX id directly followed by the org's id. Undefined when it is neither. Org ids of 15 characters, as
 * older pages show them, are taken as well.
 */
export function readPathKey(key: string): { pbxId: string; orgId: string } | undefined {
  const [, pbxId, orgId] = /^([0-9A-Fa-f]{6}-[0-9A-Fa-f]{6}-[0-9A-Fa-f]{6})(00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?)$/.exec(key) ?? [];
  return pbxId && orgId ? { pbxId: pbxId.toUpperCase(), orgId } : undefined;
}
