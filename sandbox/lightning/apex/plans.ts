/** What the twin knows of an @AuraEnabled method: everything it needs to do the same, nothing else. */

/** Apex types that a parameter may have. */
export type ParameterType =
  | 'String'
  | 'Id'
  | 'Integer'
  | 'Long'
  | 'Decimal'
  | 'Double'
  | 'Boolean'
  | 'Date'
  | 'Datetime'
  | 'List<String>'
  | 'List<Id>'
  | 'Map<String,Object>';

export interface Parameter {
  name: string;
  type: ParameterType;
}

/** A piece of a query: its text, or the value that belongs there. */
export type QueryPart = string | { bind: string } | { bind: 'userId'; system: true };

export interface ReadPlan {
  kind: 'read';
  /** `Class.method`. */
  name: string;
  parameters: Parameter[];
  language: 'soql' | 'sosl';
  /** The query without `WITH USER_MODE`, which REST always is. */
  query: QueryPart[];
  cacheable: true;
}

export interface CommandPlan {
  kind: 'command';
  name: string;
  parameters: Parameter[];
  /** API name of the custom permission. */
  permission: string;
  /** Label of the permission set that the refusal names. */
  permissionSet: string;
  verb: string;
  /** With `{0}`, `{1}` … */
  path: string;
  /** Parameter names, in the order of the places. */
  pathValues: string[];
  /** Parameter that is the body. */
  body?: string;
  /** Parameter that is the idempotency key. */
  key?: string;
  cacheable: false;
}

export type Plan = ReadPlan | CommandPlan;

/** A class that the twin cannot follow, so that the page would not do what the org does. `problems` name file, line and why. */
export class ApexShapeError extends Error {
  override readonly name = 'ApexShapeError';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`Apex that the Lightning page cannot follow:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
