/** The text between the braces of FIND: words, phrases, AND, OR, AND NOT, wildcards. */
import { SalesforceError } from '../errors.ts';
import { words } from './words.ts';

/** A word may hold `*` and `?`, never in front. */
export type Term =
  | { kind: 'word'; word: string }
  | { kind: 'phrase'; words: string[] }
  | { kind: 'and' | 'or'; of: Term[] }
  | { kind: 'not'; keep: Term; drop: Term };

/** Longest search text, and the length above which operators are plain words. Source: SOSL limits. */
const MAX_TEXT = 10_000;
const MAX_WITH_OPERATORS = 4_000;

/** MALFORMED_SEARCH. */
export function badSearch(text: string): SalesforceError {
  return new SalesforceError(400, 'MALFORMED_SEARCH', text);
}

/** Parses a search text; at least two characters are needed. */
export function parseTerm(text: string): Term {
  if (text.length > MAX_TEXT) throw badSearch(`search term is longer than ${MAX_TEXT} characters`);
  const bare = words(text).join('');
  if (bare.length < 2 && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(bare)) throw badSearch('search term must be longer than one character');
  const operators = text.length <= MAX_WITH_OPERATORS;
  const lexemes = text.match(/"[^"]*"?|[()]|[^\s()"]+/g) ?? [];
  let at = 0;
  const peek = () => lexemes[at];
  const isOperator = (lexeme: string | undefined) => operators && (lexeme === 'AND' || lexeme === 'OR');

  function primary(): Term | undefined {
    const lexeme = lexemes[at];
    at += 1;
    if (lexeme === undefined) return undefined;
    if (lexeme === '(' && operators) {
      const inner = either();
      if (peek() === ')') at += 1;
      return inner;
    }
    if (lexeme === '(' || lexeme === ')') return undefined;
    if (lexeme.startsWith('"')) {
      const list = words(lexeme);
      return list.length === 0 ? undefined : { kind: 'phrase', words: list };
    }
    return wordTerm(lexeme);
  }

  /** Words side by side must all be there. */
  function all(): Term | undefined {
    let left: Term | undefined = primary();
    while (peek() !== undefined && peek() !== ')' && !(isOperator(peek()) && peek() === 'OR')) {
      if (isOperator(peek())) at += 1;
      const negated = operators && peek() === 'NOT';
      if (negated) at += 1;
      const right = primary();
      if (!right) continue;
      if (!left) left = right;
      else if (negated) left = { kind: 'not', keep: left, drop: right };
      else left = { kind: 'and', of: [left, right] };
    }
    return left;
  }

  function either(): Term | undefined {
    const parts = [all()];
    while (isOperator(peek()) && peek() === 'OR') {
      at += 1;
      parts.push(all());
    }
    const found = parts.filter((part): part is Term => part !== undefined);
    return found.length > 1 ? { kind: 'or', of: found } : found[0];
  }

  let term = either();
  // A stray closing parenthesis must not hide the rest.
  while (at < lexemes.length) {
    at += 1;
    const more = either();
    if (more) term = term ? { kind: 'and', of: [term, more] } : more;
  }
  if (!term) throw badSearch('No search term found. The search term must be enclosed in braces.');
  return term;
}

/** `415-555*` → 415 AND 555*. Wildcards in front are dropped, as they never match on the platform. */
function wordTerm(lexeme: string): Term | undefined {
  const marked = lexeme.replaceAll('*', '\u{e000}').replaceAll('?', '\u{e001}');
  const parts = marked
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' $& ')
    .split(/[^\p{L}\p{N}\p{M}\u{e000}\u{e001}]+/u)
    .map((part) =>
      part
        .replace(/^[\u{e000}\u{e001}]+/u, '')
        .replaceAll('\u{e000}', '*')
        .replaceAll('\u{e001}', '?'),
    )
    .filter((part) => part !== '');
  const terms = parts.map((word): Term => ({ kind: 'word', word }));
  if (terms.length > 1 && /[\u3040-\u30ff\u4e00-\u9fff]/.test(lexeme)) return { kind: 'phrase', words: parts };
  return terms.length > 1 ? { kind: 'and', of: terms } : terms[0];
}
