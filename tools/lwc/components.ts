/** Where components live: ours in `force-app/main/<area>/lwc`, the page's own in `sandbox/lightning/shell`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface Component {
  /** As imports name it: `c/messagingThread`. */
  name: string;
  /** Absolute path of the file that imports of it reach. */
  entry: string;
}

export interface ExposedComponent extends Component {
  /** `lightning__RecordPage`, `lightning__AppPage`, `lightning__Tab`, `lightning__UtilityBar`, … */
  targets: string[];
}

const ENTRY_EXTENSIONS = ['ts', 'js', 'html', 'css'];

/** Every `force-app/main/<area>/lwc/<name>` bundle, sorted by name. A name used in two areas is an error: an org has one `c`. */
export function ownComponents(root: string): Component[] {
  const found = new Map<string, Component>();
  for (const area of subfolders(path.join(root, 'force-app/main'))) {
    for (const bundle of subfolders(path.join(area, 'lwc'))) {
      const component = componentAt(bundle, 'c');
      if (!component) continue;
      const twin = found.get(component.name);
      if (twin) throw new Error(`${component.name} exists twice: ${twin.entry} and ${component.entry}`);
      found.set(component.name, component);
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Those of ours that a page may place (`isExposed`), with their targets. */
export function exposedComponents(root: string): ExposedComponent[] {
  return ownComponents(root).flatMap((component) => {
    const meta = path.join(path.dirname(component.entry), `${path.basename(component.entry).split('.')[0]}.js-meta.xml`);
    const xml = existsSync(meta) ? readFileSync(meta, 'utf8') : '';
    if (!/<isExposed>\s*true\s*<\/isExposed>/.test(xml)) return [];
    return [{ ...component, targets: [...xml.matchAll(/<target>\s*([^<\s]+)\s*<\/target>/g)].map(([, target]) => target ?? '') }];
  });
}

/** Modules that stand in for the platform (`lightning/empApi`, `force/navigation`, `shell/context`): built together with the base components. */
export function platformModules(root: string): Component[] {
  return namespaced(path.join(root, 'sandbox/lightning/shell/platform/lwc'));
}

/** Components of the page around ours (`shell/app` and what it shows): built together with ours. */
export function pageModules(root: string): Component[] {
  return namespaced(path.join(root, 'sandbox/lightning/shell/page/lwc'));
}

function namespaced(folder: string): Component[] {
  return subfolders(folder).flatMap((namespace) =>
    subfolders(namespace).flatMap((bundle) => componentAt(bundle, path.basename(namespace)) ?? []),
  );
}

function componentAt(folder: string, namespace: string): Component | undefined {
  const name = path.basename(folder);
  const entry = ENTRY_EXTENSIONS.map((extension) => path.join(folder, `${name}.${extension}`)).find((file) => existsSync(file));
  return entry ? { name: `${namespace}/${name}`, entry } : undefined;
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('__') && !entry.name.startsWith('.'))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}
