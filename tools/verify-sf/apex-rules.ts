/** Check: our own rules for Apex, and rules of the platform that no other offline tool knows. */
import { apexFiles, childOf, find, findAll, firstToken, lineOf, ruleOf, type ApexFile, type Node } from './apex-tree.ts';
import type { Check, Finding, Project } from './check.ts';

const MAX_LINES = 300;
const API_VERSION = '65.0';
const DML = ['InsertStatement', 'UpdateStatement', 'UpsertStatement', 'DeleteStatement', 'UndeleteStatement', 'MergeStatement'];

export const apexRulesCheck: Check = {
  name: 'apex-rules',
  run(project) {
    const files = apexFiles(project);
    const names = new Set(files.map(({ name }) => name.toLowerCase()));
    return files.flatMap((apex) => [
      ...fileRules(apex, names, project),
      ...methods(apex).flatMap((method) => platformRules(apex.file, method)),
      ...(apex.isTest ? calloutRules(apex) : [...accessRules(apex), ...documentation(apex)]),
    ]);
  },
};

interface Method {
  name: string;
  line: number;
  /** In lower case, with annotations. */
  modifiers: string[];
  declaration: Node;
  member: Node;
  type: string;
  parameterTypes: string[];
}

function methods({ tree }: ApexFile): Method[] {
  return findAll(tree, ['ClassBodyDeclaration']).flatMap((member) => {
    const declaration = childOf(childOf(member, 'MemberDeclaration') ?? member, 'MethodDeclaration');
    if (!declaration) return [];
    const parameters = find(declaration, ['FormalParameter'], ['Block']);
    return {
      name: childOf(declaration, 'Id')?.getText() ?? '',
      line: lineOf(declaration),
      modifiers: (member.children ?? [])
        .filter((child) => ruleOf(child) === 'Modifier')
        .map((modifier) => modifier.getText().toLowerCase()),
      declaration,
      member,
      type: declaration.children?.[0]?.getText().toLowerCase() ?? '',
      parameterTypes: parameters.map((parameter) => childOf(parameter, 'TypeRef')?.getText().toLowerCase() ?? ''),
    };
  });
}

function fileRules({ file, name, source, isTest }: ApexFile, names: ReadonlySet<string>, project: Project): Finding[] {
  const findings: Finding[] = [];
  const add = (line: number, message: string): unknown => findings.push({ file, line, message });
  if (!project.has(`${file}-meta.xml`)) add(1, 'has no -meta.xml file');
  else if (!project.read(`${file}-meta.xml`).includes(`<apiVersion>${API_VERSION}</apiVersion>`))
    add(1, `must have API version ${API_VERSION}`);
  const lines = source.split('\n').length - 1;
  if (lines > MAX_LINES) add(lines, `has ${lines} lines, at most ${MAX_LINES} are allowed`);
  if (!isTest && file.endsWith('.cls') && !names.has(`${name}test`.toLowerCase())) add(1, `has no test class ${name}Test`);
  return findings;
}

/** Rules of the compiler and of run time that the type check does not know. */
function platformRules(file: string, method: Method): Finding[] {
  const { modifiers, type, declaration, line } = method;
  const findings: Finding[] = [];
  const add = (message: string, where = line): unknown => findings.push({ file, line: where, message: `${method.name}: ${message}` });
  const has = (annotation: string): boolean => modifiers.some((modifier) => modifier.startsWith(annotation));
  if (has('@future') && (type !== 'void' || !modifiers.includes('static'))) add('@future needs a static method that returns void');
  if (has('@invocablemethod')) {
    if (!modifiers.includes('static') || !modifiers.some((modifier) => modifier === 'public' || modifier === 'global'))
      add('@InvocableMethod needs a public static method');
    if (type !== 'void' && !type.startsWith('list<')) add('@InvocableMethod must return a list or void');
    if (method.parameterTypes.length > 1 || method.parameterTypes.some((parameter) => !parameter.startsWith('list<')))
      add('@InvocableMethod takes one list');
  }
  if (modifiers.some((modifier) => /^@auraenabled\(.*cacheable=true/.test(modifier))) {
    const writes = [
      ...findAll(declaration, DML),
      ...calls(declaration).filter((call) =>
        /^(database\.(insert|update|upsert|delete|undelete|merge)|eventbus\.publish)/.test(textOf(call)),
      ),
    ];
    for (const write of writes) add('writes, but a cacheable method must only read', lineOf(write));
  }
  return findings;
}

/** One invocable method in a class; sharing; user mode for everything that reads or writes; nothing in the debug log. */
function accessRules(apex: ApexFile): Finding[] {
  const { file, tree } = apex;
  const findings: Finding[] = [];
  const add = (node: Node, message: string): unknown => findings.push({ file, line: lineOf(node), message });
  const invocables = methods(apex).filter(({ modifiers }) => modifiers.some((modifier) => modifier.startsWith('@invocablemethod')));
  for (const { declaration } of invocables.slice(1)) add(declaration, 'a class may have one @InvocableMethod only');

  const type = childOf(tree, 'TypeDeclaration');
  const isClass = type && childOf(type, 'ClassDeclaration');
  if (isClass && !find(type, ['Modifier'], ['ClassDeclaration']).some((modifier) => modifier.getText().toLowerCase() === 'withsharing'))
    add(type, 'must be "with sharing"');

  for (const query of findAll(tree, ['Query', 'SoslLiteral']))
    if (!/withuser_mode/i.test(query.getText())) add(query, 'a query must say WITH USER_MODE');
  for (const write of findAll(tree, DML)) if (!/^\w+?asuser/i.test(write.getText())) add(write, 'a write must say "as user"');
  for (const call of calls(tree)) {
    const text = textOf(call);
    if (/^database\.(insert|update|upsert|delete|undelete|query\w*)\(/.test(text) && !text.includes('accesslevel.user_mode'))
      add(call, 'must pass AccessLevel.USER_MODE');
    if (text.startsWith('system.debug(')) add(call, 'must not write to the debug log');
  }
  return findings;
}

/**
 * A callout after a write in one transaction ends in "You have uncommitted work pending", in tests too, unless `Test.startTest()` stands
 * between them; and the mock counts only when it is set after that (Apex Developer Guide, "Performing DML Operations and Mock Callouts").
 */
function calloutRules(apex: ApexFile): Finding[] {
  return methods(apex).flatMap(({ name, declaration }) => {
    const before = (nodes: Node[], place: Node): boolean => nodes.some((node) => startOf(node) < startOf(place));
    const calling = (pattern: RegExp): Node[] => calls(declaration).filter((call) => pattern.test(textOf(call)));
    const writes = [...findAll(declaration, DML), ...calling(/^(database\.|testusers\.|testconversations\.\w+\()/)];
    const starts = calling(/^test\.starttest\(/);
    const mock = calling(/^(httpmock\.|test\.setmock\()/).find((call) => before(writes, call) && !before(starts, call));
    return mock
      ? [{ file: apex.file, line: lineOf(mock), message: `${name}: writes first, so Test.startTest() must stand before the mock` }]
      : [];
  });
}

function documentation(apex: ApexFile): Finding[] {
  return methods(apex).flatMap(({ name, line, modifiers, member }) => {
    if (!modifiers.some((modifier) => modifier === 'public' || modifier === 'global')) return [];
    const before = apex.source.slice(0, firstToken(member)?.start ?? 0).trimEnd();
    return before.endsWith('*/') ? [] : [{ file: apex.file, line, message: `${name}: public methods carry an ApexDoc comment` }];
  });
}

function calls(node: Node): Node[] {
  return findAll(node, ['DotExpression']);
}

function startOf(node: Node): number {
  return firstToken(node)?.start ?? 0;
}

function textOf(node: Node): string {
  return node.getText().toLowerCase();
}
