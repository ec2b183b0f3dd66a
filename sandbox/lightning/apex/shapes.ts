/** Turns an @AuraEnabled method into a plan if it has one of the two shapes of the design, otherwise says why not. */
import type { ApexMethod, Token } from './parse.ts';
import type { CommandPlan, Parameter, ParameterType, Plan, QueryPart, ReadPlan } from './plans.ts';

/** Constants of the class Access: constant name to custom permission, and permission to the label of the set that grants it. */
export interface AccessRights {
  constants: ReadonlyMap<string, string>;
  permissionSets: ReadonlyMap<string, string>;
}

/** Why a method has neither shape, and where. */
export interface Refusal {
  line: number;
  why: string;
}

const TYPES: readonly ParameterType[] = [
  'String',
  'Id',
  'Integer',
  'Long',
  'Decimal',
  'Double',
  'Boolean',
  'Date',
  'Datetime',
  'List<String>',
  'List<Id>',
  'Map<String,Object>',
];
const IDENTIFIER = /^[A-Za-z]\w*$/;

/** `source` is the whole file: query text is cut out of it. */
export function planOf(className: string, method: ApexMethod, source: string, access: AccessRights): Plan | Refusal {
  const parameters = parametersOf(method);
  if ('why' in parameters) return parameters;
  if (!method.modifiers.includes('static') || !method.modifiers.some((modifier) => modifier === 'public' || modifier === 'global')) {
    return { line: method.line, why: 'must be public static' };
  }
  const base = { name: `${className}.${method.name}`, parameters };
  return method.annotation === '' ? command(base, method, access) : read(base, method, source);
}

type Base = { name: string; parameters: Parameter[] };

function parametersOf(method: ApexMethod): Parameter[] | Refusal {
  const result: Parameter[] = [];
  for (const { name, type, line } of method.parameters) {
    const known = TYPES.find((candidate) => candidate.toLowerCase() === type.toLowerCase());
    if (!known) return { line, why: `parameter ${name} has type ${type}; allowed are ${TYPES.join(', ')}` };
    result.push({ name, type: known });
  }
  return result;
}

function read(base: Base, method: ApexMethod, source: string): ReadPlan | Refusal {
  if (method.annotation !== '(cacheable=true)') return { line: method.line, why: '@AuraEnabled may only carry (cacheable=true)' };
  const words = method.body.map(({ text }) => text.toLowerCase());
  const [open, first, bracket, verb] = words;
  const end = words.slice(-3).join(' ');
  if (
    open !== '{' ||
    first !== 'return' ||
    bracket !== '[' ||
    (verb !== 'select' && verb !== 'find') ||
    end !== '] ; }' ||
    words.indexOf(';') !== words.length - 2
  ) {
    return { line: method.body[1]?.line ?? method.line, why: 'a read is one statement: return [SELECT …] or return [FIND …]' };
  }
  const mode = words.findIndex((word, index) => word === 'with' && words[index + 1] === 'user_mode');
  if (mode < 0) return { line: method.body[3]?.line ?? method.line, why: 'a read must say WITH USER_MODE' };

  const query = queryParts(method, source, base.parameters, method.body.slice(3, -3), [method.body[mode], method.body[mode + 1]]);
  if ('why' in query) return query;
  return { kind: 'read', ...base, language: verb === 'find' ? 'sosl' : 'soql', query: query.parts, cacheable: true };
}

function queryParts(
  method: ApexMethod,
  source: string,
  parameters: Parameter[],
  tokens: Token[],
  dropped: (Token | undefined)[],
): { parts: QueryPart[] } | Refusal {
  const cuts: { start: number; end: number; part: QueryPart }[] = [];
  for (const { tokens: bind } of method.binds) {
    const [colon, name, ...rest] = bind;
    if (!colon || !name) continue;
    const system = [name, ...rest].map(({ text }) => text.toLowerCase()).join('') === 'userinfo.getuserid()';
    const known = parameters.find((parameter) => parameter.name.toLowerCase() === name.text.toLowerCase());
    if (!system && (rest.length > 0 || !known)) {
      const text = bind.map((token) => token.text).join('');
      return { line: colon.line, why: `bind ${text} must be a bare parameter or UserInfo.getUserId()` };
    }
    const part: QueryPart = system ? { bind: 'userId', system: true } : { bind: known?.name ?? '' };
    cuts.push({ start: colon.start, end: bind.at(-1)?.end ?? colon.end, part });
  }
  for (const token of dropped) if (token) cuts.push({ start: token.start, end: token.end, part: '' });
  cuts.sort((a, b) => a.start - b.start);

  const parts: QueryPart[] = [];
  let position = tokens[0]?.start ?? 0;
  const stop = tokens.at(-1)?.end ?? position;
  for (const cut of cuts) {
    parts.push(source.slice(position, cut.start), cut.part);
    position = cut.end;
  }
  parts.push(source.slice(position, stop));
  return { parts: parts.filter((part) => part !== '').map((part) => (typeof part === 'string' ? withoutBlanks(part) : part)) };
}

// Comments cannot stand inside queries, so only white space is folded; text literals stay as they are.
function withoutBlanks(text: string): string {
  return text.replace(/'(?:\\.|[^'\\])*'|\s+/g, (match) => (match.startsWith("'") ? match : ' '));
}

/** Reads a body token by token; the first that does not fit ends it. */
class Reader {
  private position = 0;
  private readonly tokens: Token[];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  get line(): number {
    return (this.tokens[this.position] ?? this.tokens.at(-1))?.line ?? 0;
  }

  /** Takes these tokens if they come next, whatever their case. */
  take(text: string): boolean {
    const wanted = text.split(' ');
    const fits = wanted.every((word, index) => this.tokens[this.position + index]?.text.toLowerCase() === word.toLowerCase());
    if (fits) this.position += wanted.length;
    return fits;
  }

  /** Takes the next token if it matches. */
  next(pattern: RegExp): string | undefined {
    const text = this.tokens[this.position]?.text ?? '';
    if (!pattern.test(text)) return undefined;
    this.position += 1;
    return text;
  }

  get done(): boolean {
    return this.position === this.tokens.length;
  }
}

function command(base: Base, method: ApexMethod, access: AccessRights): CommandPlan | Refusal {
  const reader = new Reader(method.body);
  const refuse = (why: string): Refusal => ({ line: reader.line, why });

  if (!reader.take('{ Access . require ( Access .')) return refuse('a command begins with Access.require(Access.X)');
  const constant = reader.next(IDENTIFIER);
  const permission = access.constants.get(constant?.toUpperCase() ?? '');
  if (!permission) return refuse(`Access has no constant ${constant ?? ''}`);
  if (!reader.take(') ;')) return refuse('Access.require(Access.X) must be a statement of its own');
  if (!reader.take('return ServiceClient . call (')) return refuse('a command ends with return ServiceClient.call(…)');

  const verb = literal(reader);
  if (!verb || !/^(GET|POST|PUT|PATCH|DELETE)$/.test(verb)) return refuse('the verb must be a literal GET, POST, PUT, PATCH or DELETE');
  const path = reader.take(',') ? literal(reader) : undefined;
  if (!path?.startsWith('/')) return refuse('the path must be a literal that begins with /');
  const pathValues = reader.take(', new List < String > {') ? names(reader) : undefined;
  if (!pathValues) return refuse('the path values must be new List<String>{ parameters }');
  const body = reader.take(',') ? reader.next(IDENTIFIER) : undefined;
  const key = body && reader.take(',') ? reader.next(IDENTIFIER) : undefined;
  if (!body || !key || !reader.take(') ; }') || !reader.done)
    return refuse('body and idempotency key must be null or one parameter each, and nothing may follow');

  const complaint = checkCommand(base.parameters, path, pathValues, body, key);
  if (complaint) return { line: method.line, why: complaint };
  return {
    kind: 'command',
    ...base,
    permission,
    permissionSet: access.permissionSets.get(permission) ?? permission,
    verb,
    path,
    pathValues: pathValues.map((name) => exact(base.parameters, name)),
    ...(isNull(body) ? {} : { body: exact(base.parameters, body) }),
    ...(isNull(key) ? {} : { key: exact(base.parameters, key) }),
    cacheable: false,
  };
}

function checkCommand(parameters: Parameter[], path: string, pathValues: string[], body: string, key: string): string | undefined {
  const typeOf = (name: string): ParameterType | undefined =>
    parameters.find((each) => each.name.toLowerCase() === name.toLowerCase())?.type;
  const places = new Set([...path.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index)));
  if (places.size !== pathValues.length || pathValues.some((_, index) => !places.has(index)))
    return `path ${path} does not have one place for each path value`;
  const wrong = pathValues.find((name) => typeOf(name) !== 'String' && typeOf(name) !== 'Id');
  if (wrong) return `path value ${wrong} must be a String or Id parameter`;
  if (!isNull(body) && typeOf(body) !== 'Map<String,Object>') return `body ${body} must be a Map<String, Object> parameter`;
  if (!isNull(key) && typeOf(key) !== 'String') return `idempotency key ${key} must be a String parameter`;
  const used = new Set([...pathValues, body, key].map((name) => name.toLowerCase()));
  const unused = parameters.find(({ name }) => !used.has(name.toLowerCase()));
  return unused ? `parameter ${unused.name} is not used` : undefined;
}

function literal(reader: Reader): string | undefined {
  return reader.next(/^'(?:[^'\\])*'$/)?.slice(1, -1);
}

function names(reader: Reader): string[] | undefined {
  const found: string[] = [];
  while (!reader.take('}')) {
    if (found.length > 0 && !reader.take(',')) return undefined;
    const name = reader.next(IDENTIFIER);
    if (!name) return undefined;
    found.push(name);
  }
  return found;
}

function isNull(name: string): boolean {
  return name.toLowerCase() === 'null';
}

// Apex does not mind the case of names, the request's JSON does.
function exact(parameters: Parameter[], name: string): string {
  return parameters.find((parameter) => parameter.name.toLowerCase() === name.toLowerCase())?.name ?? name;
}
