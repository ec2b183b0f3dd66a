/** Metadata XML as a tree of elements with line numbers. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { lineAt } from './check.ts';

export interface Element {
  name: string;
  line: number;
  children: Element[];
  /** Text directly inside, entities decoded, white space kept. */
  text: string;
}

/** Why a text is not well-formed XML. */
export interface XmlFault {
  line: number;
  message: string;
}

type Node = Record<string | symbol, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  ignoreAttributes: true,
  trimValues: false,
  captureMetaData: true,
});
const META = XMLParser.getMetaDataSymbol() as unknown as symbol;

/** Parses one document; the first fault ends it. */
export function parseXml(source: string): Element | XmlFault {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is a package of its own that does the same
  const verdict = XMLValidator.validate(source);
  if (verdict !== true) return { line: verdict.err.line, message: `not well-formed: ${verdict.err.msg}` };
  const nodes = parser.parse(source) as Node[];
  const roots = nodes.flatMap((node) => toElement(node, source) ?? []);
  return roots[0] ?? { line: 1, message: 'no root element' };
}

/** Text of the first child with that name. */
export function childText(element: Element, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text.trim();
}

/** All elements with that name, at any depth. */
export function descendants(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}

function toElement(node: Node, source: string): Element | undefined {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined || name === '#text' || name.startsWith('?')) return undefined;
  const content = node[name] as Node[];
  const start = (node[META] as { startIndex?: number } | undefined)?.startIndex ?? 0;
  return {
    name,
    line: lineAt(source, start),
    children: content.flatMap((child) => toElement(child, source) ?? []),
    text: content.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''),
  };
}
