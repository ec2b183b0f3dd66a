/** The Lightning app of force-app: its tabs, utility bar and record pages, and what each permission set lets a user see and do. */
import type { PageComponent, PageRegion } from '../context-types.ts';
import { readLayouts, type ObjectLayout } from './objects.ts';
import { readOverrides, readPages } from './pages.ts';
import { list, readMetadata, text, texts } from './xml.ts';

export interface AppTab {
  apiName: string;
  /** Empty for object tabs: the org names its objects. */
  label: string;
  component?: string;
  /** As force-app spells it. */
  object?: string;
}

export interface PermissionSet {
  name: string;
  customPermissions: string[];
  visibleTabs: string[];
}

export interface AppMetadata {
  label: string;
  tabs: AppTab[];
  utilities: PageComponent[];
  /** Object (as force-app spells it) to its record page. */
  recordPages: Map<string, PageRegion[]>;
  layouts: ObjectLayout[];
  permissionSets: PermissionSet[];
}

/** Reads everything again; call it at start and when metadata changed. */
export function readApp(root: string): AppMetadata {
  const app = readMetadata(root, 'applications/*.app-meta.xml')[0];
  const pages = readPages(root);
  const overrides = readOverrides(root, list(app?.content, 'actionOverrides'));
  return {
    label: text(app?.content, 'label') || 'Switchboard',
    tabs: texts(app?.content, 'tabs').flatMap((apiName) => tab(root, apiName, pages) ?? []),
    utilities: (pages.get(text(app?.content, 'utilityBar')) ?? []).flatMap(({ components }) => components),
    recordPages: new Map([...overrides].flatMap(([object, page]) => (pages.has(page) ? [[object, pages.get(page) ?? []] as const] : []))),
    layouts: readLayouts(root),
    permissionSets: readMetadata(root, 'permissionsets/*.permissionset-meta.xml').map(({ name, content }) => ({
      name,
      customPermissions: list(content, 'customPermissions')
        .filter((each) => text(each, 'enabled') === 'true')
        .map((each) => text(each, 'name')),
      visibleTabs: list(content, 'tabSettings')
        .filter((each) => text(each, 'visibility') === 'Visible')
        .map((each) => text(each, 'tab')),
    })),
  };
}

function tab(root: string, apiName: string, pages: Map<string, PageRegion[]>): AppTab | undefined {
  if (apiName.startsWith('standard-')) return { apiName, label: '', object: apiName.slice('standard-'.length) };
  const found = readMetadata(root, `tabs/${apiName}.tab-meta.xml`)[0];
  if (!found) return undefined;
  const { content } = found;
  if (text(content, 'customObject') === 'true') return { apiName, label: '', object: apiName };
  const page = pages.get(text(content, 'flexiPage'));
  const component = text(content, 'lwcComponent') || page?.[0]?.components[0]?.name;
  return component ? { apiName, label: text(content, 'label'), component } : undefined;
}
