/** What apps, tabs, Lightning pages, layouts, list views and credentials refer to. */
import type { Finding, Project } from '../check.ts';
import { childText, descendants, parseXml, type Element } from '../xml.ts';
import type { Metadata, Names } from './names.ts';

/** Target that a component needs for a kind of Lightning page. */
const PAGE_TARGETS: Record<string, string> = {
  RecordPage: 'lightning__RecordPage',
  AppPage: 'lightning__AppPage',
  HomePage: 'lightning__HomePage',
  UtilityBar: 'lightning__UtilityBar',
};
/** Names that list views and search layouts use for standard columns. */
const STANDARD_COLUMNS = /^(NAME|OWNER\.\w+|CREATED_DATE|CREATEDBY_USER|LAST_UPDATE|UPDATEDBY_USER|RECORDTYPE)$/;

export function pageReferences(project: Project, names: Names): Finding[] {
  return [
    ...names.metadata('app').flatMap((app) => appReferences(app, names)),
    ...names.metadata('tab').flatMap((tab) => tabReferences(project, tab, names)),
    ...names.metadata('flexipage').flatMap((page) => flexipage(project, page, names)),
    ...names.metadata('layout').flatMap((layout) => layoutReferences(layout, names)),
    ...names.metadata('object').flatMap((object) => objectReferences(object, names)),
    ...names.metadata('listView').flatMap((view) => columns(view, ['columns', 'field'], names)),
    ...names.metadata('compactLayout').flatMap((layout) => columns(layout, ['fields'], names)),
    ...names
      .metadata('quickAction')
      .flatMap((action) => each(action, 'lightningWebComponent', (name) => (names.bundles.has(name) ? undefined : `no component ${name}`))),
    ...names
      .metadata('queue')
      .flatMap((queue) => each(queue, 'sobjectType', (name) => (names.schema.object(name) ? undefined : `no object ${name}`))),
    ...names
      .metadata('namedCredential')
      .flatMap((credential) =>
        each(credential, 'externalCredential', (name) =>
          names.externalCredentials.has(name) ? undefined : `no external credential ${name}`,
        ),
      ),
  ];
}

function each({ file, root }: Metadata, element: string, check: (value: string, element: Element) => string | undefined): Finding[] {
  return descendants(root, element).flatMap((found) => {
    const message = check(found.text.trim(), found);
    return message ? [{ file, line: found.line, message }] : [];
  });
}

function overrides(metadata: Metadata, object: string | undefined, names: Names): Finding[] {
  const found = metadata.root.children.filter(({ name }) => name === 'actionOverrides' || name === 'profileActionOverrides');
  return found.flatMap((override) => {
    const page = childText(override, 'content');
    if (childText(override, 'type') !== 'Flexipage' || !page) return [];
    const target = names.flexipages.get(page);
    const at = { file: metadata.file, line: override.line };
    if (!target) return [{ ...at, message: `no Lightning page ${page}` }];
    const wanted = object ?? childText(override, 'pageOrSobjectType');
    const actual = childText(target.root, 'sobjectType');
    return actual === wanted ? [] : [{ ...at, message: `${page} is a page of ${actual ?? 'no object'}, not of ${wanted ?? ''}` }];
  });
}

function appReferences(app: Metadata, names: Names): Finding[] {
  return [
    ...each(app, 'tabs', (tab) => (names.tabs.has(tab) || tab.startsWith('standard-') ? undefined : `no tab ${tab}`)),
    ...each(app, 'utilityBar', (page) =>
      childText(names.flexipages.get(page)?.root ?? app.root, 'type') === 'UtilityBar' ? undefined : `no utility bar ${page}`,
    ),
    ...overrides(app, undefined, names),
  ];
}

function tabReferences(project: Project, tab: Metadata, names: Names): Finding[] {
  const isObject = childText(tab.root, 'customObject') === 'true';
  return [
    ...(isObject && !names.objects.has(tab.name) ? [{ file: tab.file, line: tab.root.line, message: `no object ${tab.name}` }] : []),
    ...each(tab, 'lwcComponent', (name) => componentFault(project, name, 'lightning__Tab', names)),
    ...each(tab, 'flexiPage', (name) => (names.flexipages.has(name) ? undefined : `no Lightning page ${name}`)),
  ];
}

function flexipage(project: Project, page: Metadata, names: Names): Finding[] {
  const target = PAGE_TARGETS[childText(page.root, 'type') ?? ''];
  const identifiers = new Set<string>();
  return [
    ...each(page, 'componentName', (name) =>
      name.includes(':') && !name.startsWith('c:') ? undefined : componentFault(project, name.replace(/^c:/, ''), target, names),
    ),
    ...each(page, 'sobjectType', (name) => (names.schema.object(name) ? undefined : `no object ${name}`)),
    ...each(page, 'identifier', (name) => {
      const isKnown = identifiers.has(name);
      identifiers.add(name);
      return isKnown ? `identifier ${name} is used twice` : undefined;
    }),
  ];
}

/** A component on a page must exist, be exposed and name the target. */
function componentFault(project: Project, name: string, target: string | undefined, names: Names): string | undefined {
  const meta = names.bundles.get(name)?.meta;
  if (!meta) return `no component ${name}`;
  const root = parseXml(project.read(meta));
  if (!('name' in root)) return undefined;
  if (childText(root, 'isExposed') !== 'true') return `component ${name} is not exposed`;
  const targets = descendants(root, 'target').map(({ text }) => text.trim());
  return !target || targets.includes(target) ? undefined : `component ${name} lacks the target ${target}`;
}

function layoutReferences(layout: Metadata, names: Names): Finding[] {
  const name = layout.name.slice(0, layout.name.indexOf('-'));
  const object = names.schema.object(name);
  if (!object) return [{ file: layout.file, line: 1, message: `no object ${name}` }];
  return [
    ...each(layout, 'field', (field) => (object.fields[field.toLowerCase()] === undefined ? `no field ${field} on ${name}` : undefined)),
    ...each(layout, 'relatedList', (list) => {
      const [child = '', lookup = ''] = list.split('.');
      return names.schema.object(child)?.fields[lookup.toLowerCase()] === undefined ? `no related list ${list}` : undefined;
    }),
    ...missingRequired(layout, name, names),
  ];
}

/** The org puts universally required fields on every layout; leaving one out is refused. */
function missingRequired(layout: Metadata, object: string, names: Names): Finding[] {
  const placed = new Map(descendants(layout.root, 'layoutItems').map((item) => [childText(item, 'field'), childText(item, 'behavior')]));
  return names.schema.ownFields
    .filter((field) => field.object === object && childText(field.element, 'required') === 'true' && placed.get(field.name) !== 'Required')
    .map((field) => ({ file: layout.file, line: 1, message: `${field.name} is required and must stand on the layout as Required` }));
}

function objectReferences(object: Metadata, names: Names): Finding[] {
  const schema = names.schema.object(object.name);
  const layouts = new Set(
    names
      .metadata('compactLayout')
      .filter(({ file }) => file.includes(`/objects/${object.name}/`))
      .map(({ name }) => name),
  );
  const search = descendants(object.root, 'searchLayouts').flatMap(({ children }) => children);
  return [
    ...overrides(object, object.name, names),
    ...each(object, 'compactLayoutAssignment', (name) =>
      name === 'SYSTEM' || layouts.has(name) ? undefined : `no compact layout ${name}`,
    ),
    ...search
      .filter((column) => isUnknown(column.text.trim(), schema))
      .map((column) => ({ file: object.file, line: column.line, message: `no field ${column.text.trim()} on ${object.name}` })),
  ];
}

function columns(metadata: Metadata, elements: string[], names: Names): Finding[] {
  const object = /\/objects\/(\w+)\//.exec(metadata.file)?.[1] ?? '';
  const schema = names.schema.object(object);
  return elements.flatMap((element) =>
    each(metadata, element, (field) => (isUnknown(field, schema) ? `no field ${field} on ${object}` : undefined)),
  );
}

function isUnknown(field: string, schema: ReturnType<Names['schema']['object']>): boolean {
  return !STANDARD_COLUMNS.test(field) && schema?.fields[field.toLowerCase()] === undefined;
}
