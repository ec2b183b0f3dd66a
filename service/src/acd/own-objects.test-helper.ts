import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"';
const NAME = '<nameField><label>Name</label><type>Text</type></nameField>';

/** An object that an admin of an org made; fields by name with their type and what else stands in their file. */
export interface OwnObject {
  name: string;
  isSearchable: boolean;
  /** Tasks and events can hang on its records. */
  hasActivities?: boolean;
  fields: Record<string, string>;
}

/**
 * A folder with the package's metadata and objects of the org's own, as a sandbox org takes it; the permission set `Own` shows their fields.
 * `remove` deletes it.
 */
export function ownMetadata(objects: readonly OwnObject[]): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchboard-own-'));
  cpSync(path.join(import.meta.dirname, '../../../force-app'), folder, { recursive: true });
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), `${XML}${text}`);
  };
  for (const { name, isSearchable, hasActivities = false, fields } of objects) {
    const label = name.replace(/__c$/, '');
    write(
      `objects/${name}/${name}.object-meta.xml`,
      `<CustomObject ${NS}><label>${label}</label><pluralLabel>${label}s</pluralLabel>${NAME}<sharingModel>ReadWrite</sharingModel><enableActivities>${String(hasActivities)}</enableActivities><enableSearch>${String(isSearchable)}</enableSearch></CustomObject>`,
    );
    for (const [field, type] of Object.entries(fields))
      write(
        `objects/${name}/fields/${field}.field-meta.xml`,
        `<CustomField ${NS}><fullName>${field}</fullName><label>${field}</label><type>${type}</type>${type === 'Text' ? '<length>40</length>' : ''}</CustomField>`,
      );
  }
  const seen = objects.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}.${field}`));
  write(
    'permissionsets/Own.permissionset-meta.xml',
    `<PermissionSet ${NS}><label>Own</label>${seen
      .map((field) => `<fieldPermissions><field>${field}</field><readable>true</readable><editable>true</editable></fieldPermissions>`)
      .join('')}</PermissionSet>`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
