/** Custom labels of every area, as `@salesforce/label/c.X` gives them. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({ parseTagValue: false, processEntities: false, trimValues: false, isArray: (name) => name === 'labels' });

/** Name to text of all `*.labels-meta.xml` under force-app, XML entities decoded. A name in two files is an error: an org has one list. */
export function readLabels(root: string): Map<string, string> {
  const labels = new Map<string, string>();
  const origin = new Map<string, string>();
  for (const file of globSync('force-app/main/*/labels/*.labels-meta.xml', { cwd: root }).sort()) {
    for (const { fullName, value } of parseLabels(readFileSync(path.join(root, file), 'utf8'))) {
      if (labels.has(fullName)) throw new Error(`Custom label ${fullName} stands in ${origin.get(fullName)} and in ${file}`);
      labels.set(fullName, value);
      origin.set(fullName, file);
    }
  }
  return labels;
}

function parseLabels(xml: string): { fullName: string; value: string }[] {
  const document = parser.parse(xml) as { CustomLabels?: { labels?: { fullName?: unknown; value?: unknown }[] } | string };
  const root = document.CustomLabels;
  if (!root || typeof root === 'string') return [];
  return (root.labels ?? []).map((label) => ({ fullName: String(label.fullName ?? '').trim(), value: decode(String(label.value ?? '')) }));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

// XML knows these five and characters by number; anything else would not be well-formed.
function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (match, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? match;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
