/** An SObject as Apex hands it out: field names carry the org's namespace, so fields are read through schema tokens only. */
export type Row = Record<string, unknown>;

/** What `@wire` hands over for one of our reads; both are empty before the first answer. */
export interface Wired {
  data?: Row[];
  error?: unknown;
}

/** What `@salesforce/schema/Object.Field` imports to. */
export interface FieldToken {
  readonly fieldApiName: string;
}

/** A text field; empty where it has no value or the user may not see it. */
export function text(row: Row, field: FieldToken): string {
  const value = row[field.fieldApiName];
  return typeof value === 'string' ? value : '';
}

export function number(row: Row, field: FieldToken): number | undefined {
  const value = row[field.fieldApiName];
  return typeof value === 'number' ? value : undefined;
}

/** A parent row under its relationship name. */
export function parent(row: Row, relationship: string): Row | undefined {
  const value = row[relationship];
  return typeof value === 'object' && value !== null ? (value as Row) : undefined;
}

/** The parent row of one of our look-ups: `ns__Contact__c` is read under `ns__Contact__r`. */
export function related(row: Row, lookup: FieldToken): Row | undefined {
  return parent(row, lookup.fieldApiName.replace(/__c$/, '__r'));
}
