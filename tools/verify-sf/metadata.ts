/** Check: every `*-meta.xml` file fits its official metadata type. Conditional rules of the server are out of its reach. */
import type { Check, Finding } from './check.ts';
import { loadMetadataTypes, type MetadataTypes, type Property, type Shape } from './metadata-types.ts';
import { parseXml, type Element } from './xml.ts';

export const metadataCheck: Check = {
  name: 'metadata',
  run(project) {
    const types = loadMetadataTypes();
    return project.files
      .filter((file) => file.endsWith('-meta.xml'))
      .flatMap((file) => checkFile(file, project.read(file), types).map(({ line, message }) => ({ file, line, message })));
  },
};

type Fault = Pick<Finding, 'line' | 'message'>;

function checkFile(file: string, source: string, types: MetadataTypes): Fault[] {
  const root = parseXml(source);
  if (!('name' in root)) return [root];
  const suffix = /\.(\w+)-meta\.xml$/.exec(file)?.[1] ?? '';
  const type = types.typeOfSuffix(suffix);
  if (!type) return [{ line: 1, message: `unknown file suffix .${suffix}` }];
  if (root.name !== type) return [{ line: root.line, message: `root element is ${root.name}, must be ${type}` }];
  // Targets and property types are no part of the types; the check lwc-meta looks at them.
  if (type === 'LightningComponentBundle') return [];
  return checkObject(root, type, types);
}

function checkObject(element: Element, type: string, types: MetadataTypes): Fault[] {
  const properties = types.propertiesOf(type);
  if (!properties) return [];
  const faults: Fault[] = [];
  if (element.text.trim() !== '') faults.push({ line: element.line, message: `stray text in ${element.name}` });
  const seen = new Set<string>();
  let last: string | undefined;
  for (const child of element.children) {
    const property = properties.get(child.name);
    if (!property) faults.push({ line: child.line, message: `unknown element ${child.name} in ${type}` });
    else {
      if (seen.has(child.name) && !property.isArray) faults.push({ line: child.line, message: `duplicate element ${child.name}` });
      if (seen.has(child.name) && last !== child.name) faults.push({ line: child.line, message: `${child.name} is not grouped together` });
      faults.push(...checkValue(child, property.shape, types));
    }
    seen.add(child.name);
    last = child.name;
  }
  return [...faults, ...missing(element, properties, seen)];
}

function missing(element: Element, properties: ReadonlyMap<string, Property>, seen: ReadonlySet<string>): Fault[] {
  return [...properties]
    .filter(([name, property]) => property.isRequired && !seen.has(name))
    .map(([name]) => ({ line: element.line, message: `${element.name} lacks ${name}` }));
}

function checkValue(element: Element, shape: Shape, types: MetadataTypes): Fault[] {
  if (shape.kind === 'object') return checkObject(element, shape.type, types);
  const { line, name, text } = element;
  if (element.children.length > 0) return [{ line, message: `${name} must hold a value, not elements` }];
  // The org takes white space literally: a formatter that wraps a label would change what users read.
  if (text !== text.trim()) return [{ line, message: `white space around the value of ${name}` }];
  if (shape.kind === 'boolean' && text !== 'true' && text !== 'false')
    return [{ line, message: `${name} must be true or false, not "${text}"` }];
  if (shape.kind === 'number' && !/^-?\d+(\.\d+)?$/.test(text)) return [{ line, message: `${name} must be a number, not "${text}"` }];
  if (shape.kind === 'enum' && !shape.values.has(text)) return [{ line, message: `${name} has no value "${text}"` }];
  return [];
}
