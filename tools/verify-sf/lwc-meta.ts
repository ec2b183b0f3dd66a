/** Check: what @salesforce/types does not tell about components: their targets and properties, and that each has its meta file. */
import { bundles } from './bundles.ts';
import type { Check, Finding } from './check.ts';
import { childText, descendants, parseXml } from './xml.ts';

const TARGETS = new Set(
  [
    'AppPage',
    'HomePage',
    'RecordPage',
    'Tab',
    'UtilityBar',
    'RecordAction',
    'UrlAddressable',
    'FlowScreen',
    'Inbox',
    'ServiceCloudVoiceToolkitApi',
  ].map((name) => `lightning__${name}`),
);
const PROPERTY_TYPES = new Set(['Boolean', 'Integer', 'String', 'Color', 'ContentReference', 'Date', 'DateTime']);
const API_VERSION = '65.0';

export const lwcMetaCheck: Check = {
  name: 'lwc-meta',
  run: (project) =>
    [...bundles(project).values()].flatMap(({ name, folder, meta }) => {
      if (!meta) return [{ file: `${folder}/${name}.js-meta.xml`, line: 1, message: 'is missing' }];
      return checkMeta(meta, project.read(meta));
    }),
};

function checkMeta(file: string, source: string): Finding[] {
  const root = parseXml(source);
  if (!('name' in root)) return [];
  const findings: Finding[] = [];
  const add = (line: number, message: string): unknown => findings.push({ file, line, message });
  if (childText(root, 'apiVersion') !== API_VERSION) add(root.line, `must have API version ${API_VERSION}`);
  const targets = new Set<string>();
  for (const { text, line } of descendants(root, 'target')) {
    targets.add(text.trim());
    if (!TARGETS.has(text.trim())) add(line, `no target ${text.trim()}`);
  }
  if (targets.size > 0 && childText(root, 'isExposed') !== 'true') add(root.line, 'has targets but is not exposed');
  // Attributes are not part of the tree.
  source.split('\n').forEach((text, index) => {
    for (const target of /<targetConfig\s[^>]*targets="([^"]*)"/.exec(text)?.[1]?.split(',') ?? [])
      if (!targets.has(target.trim())) add(index + 1, `targetConfig names ${target.trim()}, which is no target here`);
    const type = /<property\s[^>]*type="([^"]*)"/.exec(text)?.[1];
    if (type !== undefined && !PROPERTY_TYPES.has(type)) add(index + 1, `no property type ${type}`);
  });
  return findings;
}
