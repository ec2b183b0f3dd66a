/** Reads a `.cls` into its @AuraEnabled methods and constants; all further judgement works on tokens. */
import { ApexErrorListener, ApexParserFactory, BoundExpressionContext } from '@apexdevtools/apex-parser';
import type {
  ClassBodyDeclarationContext,
  MethodDeclarationContext,
  ModifierContext,
  TypeDeclarationContext,
} from '@apexdevtools/apex-parser';

export interface Token {
  text: string;
  line: number;
  /** Offsets in the source, end exclusive. */
  start: number;
  end: number;
}

/** A `:expression` inside a query. */
export interface Bind {
  tokens: Token[];
}

export interface ApexMethod {
  name: string;
  line: number;
  modifiers: string[];
  /** As written in `@AuraEnabled(…)`, without blanks, in lower case. */
  annotation: string;
  parameters: { name: string; type: string; line: number }[];
  body: Token[];
  binds: Bind[];
}

export interface ApexClass {
  name: string;
  line: number;
  modifiers: string[];
  auraMethods: ApexMethod[];
  /** @AuraEnabled on something that is not a method. */
  otherAuraMembers: number[];
}

export interface SyntaxProblem {
  line: number;
  message: string;
}

// What is used of the parser's tree; the package re-exports antlr's classes without their types.
interface Node {
  children?: Node[] | null;
  symbol?: { text: string; line: number; start: number; stop: number };
  getText(): string;
}

/** The class of a file, or what does not parse. Interfaces, enums and triggers are undefined. */
export function parseClass(source: string): ApexClass | SyntaxProblem[] | undefined {
  const listener = new Collector();
  const { parser } = ApexParserFactory.createLexerAndParser(source, listener);
  const unit = parser.compilationUnit();
  if (listener.problems.length > 0) return listener.problems;
  const type = unit.typeDeclaration() as TypeDeclarationContext;
  const declaration = type.classDeclaration() as ReturnType<TypeDeclarationContext['classDeclaration']> | null;
  if (!declaration) return undefined;
  const members = declaration.classBody().classBodyDeclaration_list();
  const aura = members.filter((member) => annotationOf(member.modifier_list()) !== undefined);
  return {
    name: declaration.id().getText(),
    line: lineOf(declaration),
    modifiers: texts(type.modifier_list()),
    auraMethods: aura.flatMap((member) => method(member) ?? []),
    otherAuraMembers: aura.filter((member) => !method(member)).map(lineOf),
  };
}

class Collector extends ApexErrorListener {
  readonly problems: SyntaxProblem[] = [];
  apexSyntaxError(line: number, _column: number, message: string): void {
    this.problems.push({ line, message });
  }
}

function method(member: ClassBodyDeclarationContext): ApexMethod | undefined {
  const declaration = member.memberDeclaration()?.methodDeclaration() as MethodDeclarationContext | null | undefined;
  if (!declaration) return undefined;
  const list = declaration.formalParameters().formalParameterList() as { formalParameter_list(): FormalParameter[] } | null;
  return {
    name: declaration.id().getText(),
    line: lineOf(declaration),
    modifiers: texts(member.modifier_list()),
    annotation: annotationOf(member.modifier_list()) ?? '',
    parameters: (list?.formalParameter_list() ?? []).map((parameter) => ({
      name: parameter.id().getText(),
      type: parameter.typeRef().getText(),
      line: lineOf(parameter),
    })),
    body: tokensOf(declaration.block()),
    binds: find(declaration.block() as unknown as Node, (node) => node instanceof BoundExpressionContext).map((node) => ({
      tokens: tokensOf(node),
    })),
  };
}

type FormalParameter = { id(): Node; typeRef(): Node };

function annotationOf(modifiers: ModifierContext[]): string | undefined {
  const text = texts(modifiers).find((modifier) => /^@auraenabled/.test(modifier));
  return text?.replace(/^@auraenabled/, '');
}

function texts(nodes: { getText(): string }[]): string[] {
  return nodes.map((node) => node.getText().toLowerCase());
}

function tokensOf(node: unknown): Token[] {
  const { symbol, children } = node as Node;
  if (symbol) return [{ text: symbol.text, line: symbol.line, start: symbol.start, end: symbol.stop + 1 }];
  return (children ?? []).flatMap(tokensOf);
}

function find(node: Node, wanted: (node: Node) => boolean): Node[] {
  return wanted(node) ? [node] : (node.children ?? []).flatMap((child) => find(child, wanted));
}

function lineOf(node: unknown): number {
  return tokensOf(node)[0]?.line ?? 0;
}
