/** What permission sets grant: each thing must exist, and be one that may be granted. */
import type { Finding } from '../check.ts';
import { childText, type Element } from '../xml.ts';
import type { Metadata, Names } from './names.ts';

/** Objects that may be granted without a schema of ours. */
const OTHER_OBJECTS = new Set(['UserExternalCredential']);

export function permissionSetReferences(names: Names): Finding[] {
  return names
    .metadata('permissionset')
    .flatMap((set) =>
      set.root.children.flatMap((grant) => checkGrant(grant, names).map((message) => ({ file: set.file, line: grant.line, message }))),
    );
}

function checkGrant(grant: Element, names: Names): string[] {
  const value = (child: string): string => childText(grant, child) ?? '';
  switch (grant.name) {
    case 'applicationVisibilities':
      return unless(names.applications.has(value('application')), `no app ${value('application')}`);
    case 'classAccesses':
      return unless(names.classes.has(value('apexClass')), `no class ${value('apexClass')}`);
    case 'customPermissions':
      return unless(names.customPermissions.has(value('name')), `no custom permission ${value('name')}`);
    case 'externalCredentialPrincipalAccesses':
      return unless(hasPrincipal(value('externalCredentialPrincipal'), names), `no principal ${value('externalCredentialPrincipal')}`);
    case 'fieldPermissions':
      return checkField(value('field'), names);
    case 'objectPermissions':
      return checkObject(grant, names);
    case 'tabSettings':
      return unless(names.tabs.has(value('tab')) || value('tab').startsWith('standard-'), `no tab ${value('tab')}`);
    case 'userPermissions':
      return unless(
        `permissions${value('name').toLowerCase()}` in (names.schema.standard['PermissionSet']?.fields ?? {}),
        `no user permission ${value('name')}`,
      );
    default:
      return [];
  }
}

function unless(isFine: boolean, complaint: string): string[] {
  return isFine ? [] : [complaint];
}

function hasPrincipal(grant: string, names: Names): boolean {
  const [credential = '', ...principal] = grant.split('-');
  return principalsOf(names.externalCredentials.get(credential)).includes(principal.join('-'));
}

function principalsOf(credential: Metadata | undefined): string[] {
  const parameters = credential?.root.children.filter(({ name }) => name === 'externalCredentialParameters') ?? [];
  return parameters
    .filter((parameter) => childText(parameter, 'parameterType')?.endsWith('Principal'))
    .map((parameter) => childText(parameter, 'parameterName') ?? '');
}

function checkField(name: string, names: Names): string[] {
  const [object = '', field = ''] = name.split('.');
  if (names.schema.object(object)?.fields[field.toLowerCase()] === undefined) return [`no field ${name}`];
  const own = names.schema.ownFields.find((candidate) => candidate.object === object && candidate.name === field);
  const isFixed = own && (childText(own.element, 'required') === 'true' || childText(own.element, 'type') === 'MasterDetail');
  return isFixed ? [`${name} is required or master-detail: its rights cannot be granted`] : [];
}

/** Rights that the platform wants together. */
const IMPLIED: [right: string, needs: string][] = [
  ['allowCreate', 'allowRead'],
  ['allowEdit', 'allowRead'],
  ['allowDelete', 'allowEdit'],
  ['viewAllRecords', 'allowRead'],
  ['modifyAllRecords', 'allowDelete'],
  ['modifyAllRecords', 'viewAllRecords'],
];

function checkObject(grant: Element, names: Names): string[] {
  const object = childText(grant, 'object') ?? '';
  if (!names.schema.object(object) && !OTHER_OBJECTS.has(object)) return [`no object ${object}`];
  const has = (right: string): boolean => childText(grant, right) === 'true';
  return IMPLIED.filter(([right, needs]) => has(right) && !has(needs)).map(([right, needs]) => `${object}: ${right} needs ${needs}`);
}
