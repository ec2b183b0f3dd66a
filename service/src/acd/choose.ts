import { readCaller, type DiallingRules } from '../directory/index.ts';
import { BUILT_IN, type Lookup } from './definition.ts';
import { lookupNotFound } from './errors.ts';

/** The look-up that is named (id or name); else one for this called number; else the default. Throws lookup_not_found. */
export function chooseLookup(own: readonly Lookup[], asked: { lookup: string | undefined; called: string }, rules: DiallingRules): Lookup {
  const { lookup: wanted, called } = asked;
  if (wanted) {
    const found = own.find(({ id, name }) => id === wanted || name === wanted);
    if (!found) throw lookupNotFound('No look-up has this id or name. Leave it out to ask the default one.');
    return found;
  }
  const forCalled = called === '' ? undefined : own.find(({ definition }) => isCalled(called, definition.calledNumbers, rules));
  return forCalled ?? own.find(({ isDefault }) => isDefault) ?? BUILT_IN;
}

/** Whether a called number is among these, however either is written. */
function isCalled(called: string, numbers: readonly string[], rules: DiallingRules): boolean {
  if (numbers.length === 0) return false;
  const plain = (text: string) => {
    const read = readCaller(text, rules);
    return read && 'digits' in read ? read.digits : text.trim().toLowerCase();
  };
  const wanted = plain(called);
  return numbers.some((number) => plain(number) === wanted);
}
