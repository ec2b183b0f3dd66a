/** FIND … IN … RETURNING … as a request. */
import { badSearch } from './term.ts';

export type SearchGroup = 'ALL' | 'NAME' | 'EMAIL' | 'PHONE' | 'SIDEBAR';

export interface Returning {
  object: string;
  /** As in a SELECT list; empty means Id. */
  fields: string[];
  /** `WHERE … ORDER BY … LIMIT …` as in SOQL; may be empty. */
  clauses: string;
}

export interface SearchRequest {
  text: string;
  group: SearchGroup;
  returning: Returning[];
  limit: number;
}

/** Most rows of a search. Source: SOSL limits. */
export const MAX_ROWS = 2000;

/** Parses SOSL; MALFORMED_SEARCH for what the grammar does not know. */
export function parseSosl(sosl: string): SearchRequest {
  const find = /^\s*FIND\s*(?:\{((?:\\.|[^}\\])*)\}|'((?:\\.|[^'\\])*)')/is.exec(sosl);
  if (!find) throw badSearch('No search term found. The search term must be enclosed in braces.');
  const text = (find[1] ?? find[2] ?? '').replace(/\\(.)/gs, '$1');
  let rest = sosl.slice(find[0].length);
  let group: SearchGroup = 'ALL';
  const inGroup = /^\s*IN\s+(ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\b/i.exec(rest);
  if (inGroup) {
    group = (inGroup[1] as string).toUpperCase() as SearchGroup;
    rest = rest.slice(inGroup[0].length);
  }
  let returning: Returning[] = [];
  const heading = /^\s*RETURNING\b/i.exec(rest);
  if (heading) {
    const list = readReturning(rest.slice(heading[0].length));
    returning = list.returning;
    rest = list.rest;
  }
  const tail =
    /^\s*(?:WITH\s+(?:USER_MODE|SYSTEM_MODE|SECURITY_ENFORCED|(?:HIGHLIGHT|SPELL_CORRECTION|SNIPPET)[^]*?))?\s*(?:LIMIT\s+(\d+))?\s*(?:UPDATE\s+\w+(?:\s*,\s*\w+)?)?\s*$/i.exec(
      rest,
    );
  if (!tail) throw badSearch(`unexpected token: ${rest.trim().split(/\s+/)[0] ?? ''}`);
  return { text, group, returning, limit: Math.min(Number(tail[1] ?? MAX_ROWS), MAX_ROWS) };
}

function readReturning(text: string): { returning: Returning[]; rest: string } {
  const returning: Returning[] = [];
  let rest = text;
  for (;;) {
    const name = /^\s*([A-Za-z]\w*)\s*/.exec(rest);
    if (!name) throw badSearch('RETURNING needs the name of an object');
    rest = rest.slice(name[0].length);
    let inner = '';
    if (rest.startsWith('(')) {
      const end = closing(rest);
      inner = rest.slice(1, end);
      rest = rest.slice(end + 1);
    }
    returning.push(readSpec(name[1] as string, inner));
    const comma = /^\s*,/.exec(rest);
    if (!comma) return { returning, rest };
    rest = rest.slice(comma[0].length);
  }
}

/** Index of the parenthesis that closes the first one; quotes are skipped. */
function closing(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i += 1;
      else if (c === "'") quoted = false;
    } else if (c === "'") quoted = true;
    else if (c === '(') depth += 1;
    else if (c === ')') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  throw badSearch('expecting a right parentheses');
}

function readSpec(object: string, inner: string): Returning {
  const start = /(?:^|\s)(USING|WHERE|ORDER\s+BY|LIMIT|OFFSET)\s/i.exec(inner);
  const fields = (start ? inner.slice(0, start.index) : inner).split(',').map((name) => name.trim());
  return { object, fields: fields.filter((name) => name !== ''), clauses: start ? inner.slice(start.index).trim() : '' };
}
