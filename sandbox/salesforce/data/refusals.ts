/** Writes that the org refuses for a while, as a trigger, a validation rule, a duplicate rule or somebody else's lock does. */
import { SalesforceError } from './errors.ts';

export interface Refusal {
  /** API name of the object, with the org's own namespace. */
  object: string;
  errorCode: string;
  message: string;
  /** How many writes it hits. */
  times: number;
}

export interface Refusals {
  add(refusal: Refusal): void;
  clear(): void;
  /** Throws the oldest refusal that is left for this object. */
  check(object: string): void;
}

export function makeRefusals(): Refusals {
  let left: Refusal[] = [];
  return {
    add: (refusal) => void left.push({ ...refusal }),
    clear: () => void (left = []),
    check(object) {
      const refusal = left.find((each) => each.object === object);
      if (!refusal) return;
      refusal.times -= 1;
      if (refusal.times <= 0) left = left.filter((each) => each !== refusal);
      throw new SalesforceError(400, refusal.errorCode, refusal.message);
    },
  };
}
