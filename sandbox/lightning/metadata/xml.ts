/** Reads metadata files of force-app. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** Elements that may repeat, so that one of them still reads as a list. */
const LISTS = new Set([
  'actionOverrides',
  'tabs',
  'flexiPageRegions',
  'itemInstances',
  'componentInstanceProperties',
  'layoutSections',
  'layoutColumns',
  'layoutItems',
  'fields',
  'customTabListAdditionalFields',
  'searchResultsAdditionalFields',
  'customPermissions',
  'tabSettings',
  'columns',
]);
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => LISTS.has(name) });

export interface MetadataFile {
  /** File name up to the first dot, percent signs decoded. */
  name: string;
  /** Relative to the repository. */
  file: string;
  /** Content of the document's element. */
  content: Record<string, unknown>;
}

/** Every file below `force-app/main/*` that matches, sorted by path. */
export function readMetadata(root: string, pattern: string): MetadataFile[] {
  return globSync(`force-app/main/*/${pattern}`, { cwd: root })
    .sort()
    .map((file) => {
      const document = parser.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
      const content = Object.entries(document).find(([name]) => name !== '?xml')?.[1];
      const name = decodeURIComponent(path.basename(file).split('.')[0] ?? '');
      return {
        name,
        file: file.replaceAll(path.sep, '/'),
        content: typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {},
      };
    });
}

/** Child element's text, empty where there is none. */
export function text(content: unknown, name: string): string {
  const value = (content as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** Child elements of a repeatable name. */
export function list(content: unknown, name: string): Record<string, unknown>[] {
  const value = (content as Record<string, unknown> | undefined)?.[name];
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

/** Texts of a repeatable element. */
export function texts(content: unknown, name: string): string[] {
  return (list(content, name) as unknown[]).filter((value): value is string => typeof value === 'string').map((value) => value.trim());
}
