/**
 * WHERE and HAVING as a tree. The parser hands out a flat chain that leans to the right, with counts of parentheses
 * on the single conditions; read naively, `(A OR B) AND C` comes out wrong, so the tree is built here.
 */
import type { Condition, HavingClause, ValueQueryCondition, WhereClause } from '@jetstreamapp/soql-parser-js';
import { SalesforceError } from '../errors.ts';

export type Leaf = Exclude<Condition, { openParen: number; field?: undefined }> | ValueQueryCondition;

export type ConditionTree = { kind: 'leaf'; leaf: Leaf } | { kind: 'not'; of: ConditionTree } | { kind: 'and' | 'or'; of: ConditionTree[] };

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Leaf;

interface Link {
  left: { openParen?: number; closeParen?: number; field?: string; fn?: unknown } | null;
  operator?: 'AND' | 'OR' | 'NOT';
  right?: Link;
}

/** Builds the tree; a mix of AND and OR without parentheses is MALFORMED_QUERY, as on the platform. */
export function conditionTree(clause: WhereClause | HavingClause): ConditionTree {
  const tokens = flatten(clause);
  let at = 0;
  const peek = () => tokens[at];

  function term(): ConditionTree {
    const token = tokens[at];
    at += 1;
    if (token === 'NOT') return { kind: 'not', of: term() };
    if (token === '(') {
      const inner = expression();
      if (tokens[at] !== ')') throw malformed('expecting a right parentheses');
      at += 1;
      return inner;
    }
    if (token === undefined || typeof token === 'string') throw malformed(`unexpected token: ${token ?? '<EOF>'}`);
    return { kind: 'leaf', leaf: token };
  }

  function expression(): ConditionTree {
    const first = term();
    const operator = peek();
    if (operator !== 'AND' && operator !== 'OR') return first;
    const parts = [first];
    while (peek() === operator) {
      at += 1;
      parts.push(term());
    }
    if (peek() === 'AND' || peek() === 'OR') throw malformed(`unexpected token: ${String(peek())}`);
    return { kind: operator === 'AND' ? 'and' : 'or', of: parts };
  }

  const tree = expression();
  if (at < tokens.length) throw malformed(`unexpected token: ${String(peek())}`);
  return tree;
}

function flatten(clause: Link): Token[] {
  const tokens: Token[] = [];
  let link: Link | undefined = clause;
  while (link) {
    const left: Link['left'] = link.left;
    if (left) {
      for (let i = 0; i < (left.openParen ?? 0); i += 1) tokens.push('(');
      if (left.field !== undefined || left.fn !== undefined) tokens.push(left as unknown as Leaf);
      for (let i = 0; i < (left.closeParen ?? 0); i += 1) tokens.push(')');
    }
    if (link.operator) tokens.push(link.operator);
    link = link.right;
  }
  return tokens;
}

/** MALFORMED_QUERY with the platform's kind of text. */
export function malformed(text: string): SalesforceError {
  return new SalesforceError(400, 'MALFORMED_QUERY', text);
}
