/** The official metadata types, read from the declarations of @salesforce/types (made from the Metadata WSDL). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** What an element may hold. */
export type Shape =
  { kind: 'text' | 'boolean' | 'number' } | { kind: 'enum'; values: ReadonlySet<string> } | { kind: 'object'; type: string };

export interface Property {
  shape: Shape;
  isArray: boolean;
  isRequired: boolean;
}

export interface MetadataTypes {
  /** Properties of a type by element name; undefined when there is no such type. */
  propertiesOf(type: string): ReadonlyMap<string, Property> | undefined;
  /** Type of a file by the suffix before `-meta.xml`, such as `field` or `cls`. */
  typeOfSuffix(suffix: string): string | undefined;
}

const PACKAGES = path.resolve(import.meta.dirname, '../../node_modules/@salesforce');

/** Reads both sources; about half a second. */
export function loadMetadataTypes(): MetadataTypes {
  const aliases = readAliases();
  const suffixes = readSuffixes();
  const cache = new Map<string, ReadonlyMap<string, Property>>();
  return {
    propertiesOf(type) {
      const node = aliases.get(type);
      if (!node) return undefined;
      let properties = cache.get(type);
      if (!properties) {
        properties = collect(node, aliases);
        cache.set(type, properties);
      }
      return properties;
    },
    typeOfSuffix: (suffix) => suffixes.get(suffix),
  };
}

type Aliases = ReadonlyMap<string, ts.TypeNode>;

function readAliases(): Aliases {
  // Neither package exports these files, so they are opened by their place.
  const file = path.join(PACKAGES, 'types/lib/metadata.d.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const aliases = new Map<string, ts.TypeNode>();
  for (const statement of source.statements) {
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
  }
  return aliases;
}

interface RegistryType {
  name: string;
  suffix?: string;
  children?: { types: Record<string, RegistryType> };
}

// Suffix "labels" belongs to CustomLabels and to its child CustomLabel: the parent is what a file holds.
function readSuffixes(): Map<string, string> {
  const file = path.join(PACKAGES, 'source-deploy-retrieve/lib/src/registry/metadataRegistry.json');
  const registry = JSON.parse(readFileSync(file, 'utf8')) as { types: Record<string, RegistryType> };
  const parents = Object.values(registry.types);
  const children = parents.flatMap((type) => Object.values(type.children?.types ?? {}));
  const suffixes = new Map<string, string>([['js', 'LightningComponentBundle']]);
  for (const { suffix, name } of [...parents, ...children]) if (suffix && !suffixes.has(suffix)) suffixes.set(suffix, name);
  return suffixes;
}

function collect(node: ts.TypeNode, aliases: Aliases): Map<string, Property> {
  if (ts.isParenthesizedTypeNode(node)) return collect(node.type, aliases);
  if (ts.isIntersectionTypeNode(node)) return new Map(node.types.flatMap((part) => [...collect(part, aliases)]));
  if (ts.isTypeReferenceNode(node)) {
    const target = aliases.get(nameOf(node));
    return target ? collect(target, aliases) : new Map<string, Property>();
  }
  const properties = new Map<string, Property>();
  if (!ts.isTypeLiteralNode(node)) return properties;
  for (const member of node.members) {
    if (!ts.isPropertySignature(member) || !member.type || !ts.isIdentifier(member.name)) continue;
    const isArray = ts.isArrayTypeNode(member.type);
    const shape = shapeOf(ts.isArrayTypeNode(member.type) ? member.type.elementType : member.type, aliases);
    const name = member.name.text;
    properties.set(name, { shape, isArray, isRequired: !member.questionToken && !isArray && name !== 'fullName' });
  }
  return properties;
}

function shapeOf(node: ts.TypeNode, aliases: Aliases): Shape {
  if (node.kind === ts.SyntaxKind.BooleanKeyword) return { kind: 'boolean' };
  if (node.kind === ts.SyntaxKind.NumberKeyword) return { kind: 'number' };
  const values = literals(node);
  if (values) return { kind: 'enum', values };
  if (ts.isTypeReferenceNode(node)) {
    const target = aliases.get(nameOf(node));
    if (target && (ts.isTypeLiteralNode(target) || ts.isIntersectionTypeNode(target))) return { kind: 'object', type: nameOf(node) };
    if (target) return shapeOf(target, aliases);
  }
  return { kind: 'text' };
}

function literals(node: ts.TypeNode): Set<string> | undefined {
  const parts = ts.isUnionTypeNode(node) ? node.types : [node];
  const values = parts.flatMap((part) => (ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : []));
  return values.length === parts.length ? new Set(values) : undefined;
}

function nameOf(node: ts.TypeReferenceNode): string {
  return ts.isIdentifier(node.typeName) ? node.typeName.text : node.typeName.right.text;
}
