/**
 * Writes standard.json: fields and child relationships of the standard objects that we touch, from the type jar that comes
 * with @salesforce/code-analyzer-pmd-engine. Needs `javap` of a JDK. Run again when an object is added to the list or the jar changes:
 * `node tools/verify-sf/schema/generate.ts`.
 */
import { execFileSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ObjectSchema } from '../sobjects.ts';

const OBJECTS =
  `Account AccountContactRelation ApexClass AsyncApexJob Asset Attachment Campaign CampaignMember Case CaseComment Contact ContentDocument
ContentDocumentLink ContentVersion Contract CronTrigger CustomNotificationType CustomPermission DuplicateRecordItem DuplicateRecordSet
EmailMessage EntityDefinition Event FieldDefinition FieldPermissions Group GroupMember Individual Lead LeadStatus Name NamedCredential Note
ObjectPermissions Opportunity OpportunityContactRole OpportunityLineItem Order Organization PermissionSet PermissionSetAssignment
PermissionSetGroup Pricebook2 Product2 Profile QueueSobject RecordType SetupEntityAccess Task TaskStatus User UserLicense
UserPermissionAccess UserRole`.split(/\s+/);
const PACKAGE = 'com.nawforce.runforce.SObjects';
const root = path.resolve(import.meta.dirname, '../../..');

function read(jar: string, name: string): ObjectSchema | undefined {
  let text: string;
  try {
    text = execFileSync('javap', ['-public', '-cp', jar, `${PACKAGE}.${name}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
  const schema: ObjectSchema = { fields: {}, children: {} };
  for (const [, type = '', field = ''] of text.matchAll(/^ {2}public (?!static )([\w.$[\]]+) (\w+);$/gm)) {
    if (field === 'SObjectType' || field === 'Fields') continue;
    const simple = type.slice(type.lastIndexOf('.') + 1);
    if (type.endsWith('[]')) schema.children[field.toLowerCase()] = simple.slice(0, -2);
    else schema.fields[field.toLowerCase()] = type.startsWith(`${PACKAGE}.`) ? `@${simple}` : simple;
  }
  return schema;
}

const [jar] = globSync('node_modules/@salesforce/code-analyzer-pmd-engine/dist/java-lib/sobject-types-*.jar', { cwd: root });
if (!jar) throw new Error('No sobject-types jar: run npm ci first.');
const found = OBJECTS.map((name) => [name, read(path.join(root, jar), name)] as const);
for (const [name, schema] of found) if (!schema) process.stderr.write(`not in the jar: ${name}\n`);
const schemas = Object.fromEntries(found.filter(([, schema]) => schema));
writeFileSync(path.join(import.meta.dirname, 'standard.json'), `${JSON.stringify(schemas)}\n`);
process.stdout.write(`${Object.keys(schemas).length} objects from ${path.basename(jar)}\n`);
