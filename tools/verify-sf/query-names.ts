/** Check: objects, fields and relationships inside SOQL and SOSL exist, which the type check does not see. */
import { apexFiles, childOf, find, findAll, lineOf, ruleOf, type Node } from './apex-tree.ts';
import type { Check, Finding } from './check.ts';
import { loadSchema, type ObjectSchema, type Schema } from './sobjects.ts';

export const queryNamesCheck: Check = {
  name: 'query-names',
  run(project) {
    const schema = loadSchema(project);
    return apexFiles(project).flatMap(({ file, tree }) => {
      const faults = [
        ...findAll(tree, ['Query']).flatMap((query) => checkQuery(query, undefined, schema)),
        ...findAll(tree, ['FieldSpec']).flatMap((spec) => checkSearch(spec, schema)),
      ];
      return faults.map((fault) => ({ file, ...fault }));
    });
  },
};

type Fault = Omit<Finding, 'file'>;

/** `outer` is the object of the query around a child sub-query. */
function checkQuery(query: Node, outer: ObjectSchema | undefined, schema: Schema): Fault[] {
  const from = childOf(query, 'FromNameList');
  const source = from && childOf(from, 'FieldName');
  if (!from || !source) return [];
  const name = source.getText();
  const target = outer ? outer.children[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] : name;
  if (!target) return [{ line: lineOf(source), message: `SOQL: no child relationship '${name}'` }];
  const object = schema.object(target);
  if (!object) return outer ? [] : [{ line: lineOf(source), message: `SOQL: no object '${name}'` }];

  const aliases = new Set([name, ...find(from, ['SoqlId'], ['FieldName']).map((id) => id.getText())].map((alias) => alias.toLowerCase()));
  const columns = find(query, ['SelectEntry']).flatMap((entry) => (entry.children ?? []).filter((child) => ruleOf(child) === 'SoqlId'));
  const given = new Set(columns.map((column) => column.getText().toLowerCase()));

  const faults: Fault[] = [];
  for (const part of query.children ?? []) {
    if (part === from) continue;
    // A TYPEOF names fields of several objects; only its first name belongs to this one.
    for (const field of fieldsOf(part)) {
      if (!given.has(field.getText().toLowerCase())) faults.push(...checkPath(field, object, target, aliases, schema));
    }
    const isFilter = ruleOf(part) === 'WhereClause';
    for (const inner of find(part, ['SubQuery'])) faults.push(...checkQuery(inner, isFilter ? undefined : object, schema));
  }
  return faults;
}

function fieldsOf(part: Node): Node[] {
  return find(part, ['FieldName'], ['SubQuery', 'Query', 'BoundExpression', 'WhenClause', 'ElseClause']);
}

function checkSearch(spec: Node, schema: Schema): Fault[] {
  const source = childOf(spec, 'SoslId');
  if (!source) return [];
  const object = schema.object(source.getText());
  if (!object) return [{ line: lineOf(source), message: `SOSL: no object '${source.getText()}'` }];
  const list = childOf(spec, 'FieldList');
  const named = list ? flatList(list) : [];
  const others = (spec.children ?? []).filter((child) => child !== list && child !== source).flatMap(fieldsOf);
  return [...named, ...others].flatMap((field) => checkPath(field, object, source.getText(), new Set(), schema));
}

// `a, b` nests as a list in a list, and `a.b` as an id in an id: only the outermost ids are names.
function flatList(list: Node): Node[] {
  return (list.children ?? []).flatMap((child) =>
    ruleOf(child) === 'FieldList' ? flatList(child) : ruleOf(child) === 'SoslId' ? [child] : [],
  );
}

function checkPath(field: Node, object: ObjectSchema, name: string, aliases: ReadonlySet<string>, schema: Schema): Fault[] {
  const path = field.getText();
  const parts = path.split('.');
  if (parts.length > 1 && aliases.has((parts[0] ?? '').toLowerCase())) parts.shift();
  let current: ObjectSchema | undefined = object;
  let currentName = name;
  for (const [index, part] of parts.entries()) {
    if (!current) return [];
    const found: string | undefined = current.fields[part.toLowerCase()];
    if (found === undefined) return [{ line: lineOf(field), message: `SOQL: no field '${part}' on ${currentName} (${path})` }];
    if (index === parts.length - 1) return [];
    if (!found.startsWith('@'))
      return found === 'SObject'
        ? []
        : [{ line: lineOf(field), message: `SOQL: '${part}' on ${currentName} is no relationship (${path})` }];
    currentName = found.slice(1);
    current = schema.object(currentName);
  }
  return [];
}
