/** Which fields of an object its list, its highlights and its details show: from force-app for ours, fixed for standard objects. */
import { list, readMetadata, text, texts } from './xml.ts';

export interface ObjectLayout {
  /** As force-app spells it. */
  name: string;
  icon: string;
  list: string[];
  compact: string[];
  sections: { label: string; fields: string[] }[];
  /** How a list is sorted. */
  order: string;
}

const STANDARD: ObjectLayout[] = [
  {
    name: 'Contact',
    icon: 'standard:contact',
    list: ['Name', 'Account.Name', 'Phone', 'MobilePhone', 'Email', 'Owner.Name'],
    compact: ['Name', 'Title', 'AccountId', 'Phone', 'MobilePhone', 'Email', 'OwnerId'],
    sections: [
      { label: 'Contact Information', fields: ['Name', 'AccountId', 'Title', 'Department', 'OwnerId'] },
      { label: 'Phone and E-mail', fields: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone', 'Email'] },
    ],
    order: 'Name',
  },
  {
    name: 'Lead',
    icon: 'standard:lead',
    list: ['Name', 'Company', 'Phone', 'MobilePhone', 'Email', 'Status', 'Owner.Name'],
    compact: ['Name', 'Title', 'Company', 'Phone', 'MobilePhone', 'Email', 'Status', 'OwnerId'],
    sections: [
      { label: 'Lead Information', fields: ['Name', 'Company', 'Title', 'Status', 'OwnerId'] },
      { label: 'Phone and E-mail', fields: ['Phone', 'MobilePhone', 'Email'] },
    ],
    order: 'Name',
  },
  {
    name: 'Account',
    icon: 'standard:account',
    list: ['Name', 'Phone', 'Industry', 'Owner.Name'],
    compact: ['Name', 'Phone', 'Industry', 'Website', 'OwnerId'],
    sections: [{ label: 'Account Information', fields: ['Name', 'Phone', 'Industry', 'Website', 'OwnerId'] }],
    order: 'Name',
  },
];

/** Icons of the tabs' motifs that SLDS has under the same number; the rest show the neutral custom icon. */
function iconOf(motif: string): string {
  const number = /^Custom(\d+)/.exec(motif)?.[1];
  return number ? `custom:custom${number}` : 'standard:record';
}

/** Standard objects that the page knows and every custom object with a tab or a page of its own. */
export function readLayouts(root: string): ObjectLayout[] {
  const motifs = new Map(readMetadata(root, 'tabs/*.tab-meta.xml').map(({ name, content }) => [name, text(content, 'motif')]));
  const layouts = readMetadata(root, 'layouts/*.layout-meta.xml');
  const compacts = readMetadata(root, 'objects/*/compactLayouts/*.compactLayout-meta.xml');
  const own = readMetadata(root, 'objects/*/*.object-meta.xml').filter(
    ({ name, content }) => name.endsWith('__c') && text(content, 'label') !== '',
  );
  return [
    ...STANDARD,
    ...own.map(({ name, file, content }) => {
      const folder = file.slice(0, file.lastIndexOf('/'));
      const compact = compacts.find((each) => each.file.startsWith(`${folder}/`));
      const layout = layouts.find((each) => each.name.startsWith(`${name}-`));
      const columns = texts(content['searchLayouts'], 'customTabListAdditionalFields').map(fieldName);
      return {
        name,
        icon: iconOf(motifs.get(name) ?? ''),
        list: columns.length > 0 ? columns : ['Name'],
        compact: compact ? texts(compact.content, 'fields') : ['Name'],
        sections: list(layout?.content, 'layoutSections')
          .map((section) => ({ label: text(section, 'label') || 'Details', fields: fieldsOf(section) }))
          .filter(({ fields }) => fields.length > 0),
        order: columns.includes('LastMessageAt__c') ? 'LastMessageAt__c DESC NULLS LAST' : 'Name',
      };
    }),
  ];
}

function fieldsOf(section: Record<string, unknown>): string[] {
  return list(section, 'layoutColumns')
    .flatMap((column) => list(column, 'layoutItems').map((item) => text(item, 'field')))
    .filter(Boolean);
}

// Search layouts spell standard fields in capitals.
function fieldName(name: string): string {
  return name === 'NAME' ? 'Name' : name.endsWith('__c') ? name : name.charAt(0) + name.slice(1).toLowerCase();
}
