import type { Fact } from 'c/messagingData';

export interface FactRow extends Fact {
  valueKey: string;
  isPhone: boolean;
  isEmail: boolean;
}

/** Facts as the template shows them; empty ones are left out. */
export function factRows(facts: Fact[]): FactRow[] {
  return facts
    .filter(({ value }) => value !== '')
    .map((fact) => ({ ...fact, valueKey: `${fact.label} value`, isPhone: fact.kind === 'phone', isEmail: fact.kind === 'email' }));
}
