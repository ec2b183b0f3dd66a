/** Everything of a project that other files may refer to by name. */
import { apexFiles } from '../apex-tree.ts';
import { bundles, type Bundle } from '../bundles.ts';
import type { Project } from '../check.ts';
import { loadSchema, type Schema } from '../sobjects.ts';
import { childText, descendants, parseXml, type Element } from '../xml.ts';

/** One metadata file. */
export interface Metadata {
  file: string;
  /** File name without its suffix. */
  name: string;
  root: Element;
}

export interface Names {
  schema: Schema;
  bundles: Map<string, Bundle>;
  classes: ReadonlySet<string>;
  /** `class.method` in lower case. */
  auraMethods: ReadonlySet<string>;
  labels: ReadonlySet<string>;
  customPermissions: ReadonlySet<string>;
  objects: ReadonlySet<string>;
  tabs: ReadonlySet<string>;
  applications: ReadonlySet<string>;
  flexipages: ReadonlyMap<string, Metadata>;
  queues: ReadonlySet<string>;
  externalCredentials: ReadonlyMap<string, Metadata>;
  /** Files with that suffix, such as `permissionset`. */
  metadata(suffix: string): Metadata[];
}

/** Collects all names; files that do not parse are the business of the metadata check. */
export function collectNames(project: Project): Names {
  const metadata = (suffix: string): Metadata[] =>
    project.files.flatMap((file) => {
      if (!file.endsWith(`.${suffix}-meta.xml`)) return [];
      const root = parseXml(project.read(file));
      return 'name' in root ? [{ file, name: file.slice(file.lastIndexOf('/') + 1, -`.${suffix}-meta.xml`.length), root }] : [];
    });
  const namesOf = (suffix: string): Set<string> => new Set(metadata(suffix).map(({ name }) => name));
  const byName = (suffix: string): Map<string, Metadata> => new Map(metadata(suffix).map((entry) => [entry.name, entry]));
  return {
    schema: loadSchema(project),
    bundles: bundles(project),
    classes: new Set(apexFiles(project).map(({ name }) => name)),
    auraMethods: auraMethods(project),
    labels: new Set(
      metadata('labels').flatMap(({ root }) => descendants(root, 'labels').map((label) => childText(label, 'fullName') ?? '')),
    ),
    customPermissions: namesOf('customPermission'),
    objects: namesOf('object'),
    tabs: namesOf('tab'),
    applications: namesOf('app'),
    flexipages: byName('flexipage'),
    queues: namesOf('queue'),
    externalCredentials: byName('externalCredential'),
    metadata,
  };
}

function auraMethods(project: Project): Set<string> {
  const found = new Set<string>();
  for (const { name, source } of apexFiles(project)) {
    for (const [, head = ''] of source.matchAll(/@AuraEnabled\b(?:\([^)]*\))?([^({;]*)\(/gi)) {
      const words = head.trim().split(/\s+/);
      const isReachable = words.some((word) => /^(public|global)$/i.test(word)) && words.some((word) => /^static$/i.test(word));
      if (isReachable) found.add(`${name}.${words.at(-1) ?? ''}`.toLowerCase());
    }
  }
  return found;
}
