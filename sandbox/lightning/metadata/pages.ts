/** Lightning pages of force-app and which object each is activated for. */
import type { PageComponent, PageRegion } from '../context-types.ts';
import { list, readMetadata, text } from './xml.ts';

/** FlexiPage name to its regions, empty ones left out. */
export function readPages(root: string): Map<string, PageRegion[]> {
  return new Map(
    readMetadata(root, 'flexipages/*.flexipage-meta.xml').map(({ name, content }) => [
      name,
      list(content, 'flexiPageRegions')
        .map((region) => ({
          name: text(region, 'name'),
          components: list(region, 'itemInstances').flatMap((item) => component(item['componentInstance'])),
        }))
        .filter(({ components }) => components.length > 0),
    ]),
  );
}

function component(instance: unknown): PageComponent[] {
  if (typeof instance !== 'object' || instance === null) return [];
  const name = text(instance, 'componentName').replace(/^c:/, '');
  const properties = Object.fromEntries(
    list(instance, 'componentInstanceProperties').map((property) => [text(property, 'name'), text(property, 'value')]),
  );
  return [{ name, properties }];
}

/** Object (as force-app spells it) to the page that a View override activates; one inside the app wins over the object's own. */
export function readOverrides(root: string, appOverrides: Record<string, unknown>[]): Map<string, string> {
  const overrides = new Map<string, string>();
  for (const { name, content } of readMetadata(root, 'objects/*/*.object-meta.xml')) {
    for (const override of list(content, 'actionOverrides').filter(viewsAPage)) overrides.set(name, text(override, 'content'));
  }
  for (const override of appOverrides.filter(viewsAPage)) overrides.set(text(override, 'pageOrSobjectType'), text(override, 'content'));
  return overrides;
}

function viewsAPage(override: Record<string, unknown>): boolean {
  return text(override, 'actionName') === 'View' && text(override, 'type') === 'Flexipage' && text(override, 'formFactor') !== 'Small';
}
