/** Apex sources as syntax trees, with the few steps that the checks take in them. */
import { ApexErrorListener, ApexParserFactory } from '@apexdevtools/apex-parser';
import type { Finding, Project } from './check.ts';

// What is used of the tree; the package hands out antlr's classes without their types.
export interface Node {
  constructor: { name: string };
  children?: Node[] | null;
  symbol?: { text: string; line: number; start: number; stop: number };
  getText(): string;
}

export interface ApexFile {
  file: string;
  /** Name of the file without its ending, which is the class or trigger name. */
  name: string;
  source: string;
  tree: Node;
  faults: Finding[];
  isTest: boolean;
}

const parsed = new WeakMap<Project, ApexFile[]>();

/** Parses every class and trigger of a project, once. */
export function apexFiles(project: Project): ApexFile[] {
  let files = parsed.get(project);
  if (!files) {
    files = project.files.filter((file) => /\.(cls|trigger)$/.test(file)).map((file) => parse(file, project.read(file)));
    parsed.set(project, files);
  }
  return files;
}

function parse(file: string, source: string): ApexFile {
  const listener = new Collector(file);
  const { parser } = ApexParserFactory.createLexerAndParser(source, listener);
  const tree = (file.endsWith('.trigger') ? parser.triggerUnit() : parser.compilationUnit()) as unknown as Node;
  const name = /([^/]+)\.\w+$/.exec(file)?.[1] ?? file;
  return { file, name, source, tree, faults: listener.faults, isTest: /^\s*(\/\*[\s\S]*?\*\/\s*)?@IsTest\b/i.test(source) };
}

class Collector extends ApexErrorListener {
  readonly faults: Finding[] = [];
  private readonly file: string;

  constructor(file: string) {
    super();
    this.file = file;
  }

  apexSyntaxError(line: number, _column: number, message: string): void {
    this.faults.push({ file: this.file, line, message: withoutExpected(message) });
  }
}

/** Name of the grammar rule, such as `Query`; terminals have none. */
export function ruleOf(node: Node): string {
  return node.symbol ? '' : node.constructor.name.replace(/Context$/, '');
}

/** Outermost nodes of the given rules below a node; does not look into `without`. */
export function find(node: Node, rules: readonly string[], without: readonly string[] = []): Node[] {
  return (node.children ?? []).flatMap((child) => {
    const rule = ruleOf(child);
    if (rules.includes(rule)) return [child];
    return without.includes(rule) ? [] : find(child, rules, without);
  });
}

/** All nodes of the given rules, also inside each other. */
export function findAll(node: Node, rules: readonly string[]): Node[] {
  return (node.children ?? []).flatMap((child) => [...(rules.includes(ruleOf(child)) ? [child] : []), ...findAll(child, rules)]);
}

/** First child with that rule. */
export function childOf(node: Node, rule: string): Node | undefined {
  return node.children?.find((child) => ruleOf(child) === rule);
}

/** First terminal of a node, which knows the line. */
export function firstToken(node: Node): NonNullable<Node['symbol']> | undefined {
  if (node.symbol) return node.symbol;
  for (const child of node.children ?? []) {
    const token = firstToken(child);
    if (token) return token;
  }
  return undefined;
}

/** Line, from 1, on which a node begins. */
export function lineOf(node: Node): number {
  return firstToken(node)?.line ?? 1;
}

/** The parser lists every word that could have stood there, which helps nobody. */
export function withoutExpected(message: string): string {
  return message.replace(/ expecting \{.*\}$/s, '');
}
