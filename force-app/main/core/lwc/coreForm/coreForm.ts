import { readProblem } from 'c/coreErrors';

/** What a form element of the base components offers; ours are found by `data-field`. */
export interface Field extends HTMLElement {
  setCustomValidity(message: string): void;
  reportValidity(): boolean;
}

/** A component of ours that is part of a form, found by `data-fields`: its fields lie in a template of its own. */
interface Part extends HTMLElement {
  formFields(): Field[];
}

interface Root {
  querySelectorAll(selector: string): Iterable<Element>;
}

/** Clears what the service said last time, lets every field speak, and focuses the first wrong one. True if all are right. */
export function checkFields(root: Root | null): boolean {
  const fields = fieldsOf(root);
  for (const field of fields) field.setCustomValidity('');
  const wrong = fields.filter((field) => !field.reportValidity());
  wrong[0]?.focus();
  return wrong.length === 0;
}

/**
 * Puts each error of a problem document at the field of that path (`settings.host`) and focuses the first.
 * True if every error found its field; otherwise the problem is to be shown as a whole.
 */
export function showFieldErrors(root: Root | null, error: unknown): boolean {
  const { errors } = readProblem(error);
  const fields = fieldsOf(root);
  const wrong = fields.filter((field) => {
    const message = errors.find((item) => item.field === field.dataset['field'])?.message;
    if (!message) return false;
    field.setCustomValidity(sentence(message));
    field.reportValidity();
    return true;
  });
  wrong[0]?.focus();
  const known = new Set(fields.map(({ dataset }) => dataset['field']));
  return errors.length > 0 && errors.every(({ field }) => known.has(field));
}

/** For change handlers: what a field was found guilty of no longer holds once it is changed; only its own rules speak then. */
export function takeBack({ currentTarget }: Event): void {
  const field = currentTarget as Field;
  field.setCustomValidity('');
  field.reportValidity();
}

/** The service says what is wrong with a field as the rest of a sentence about it ("must be a number"); alone it begins with a capital. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

/** The fields of a form in the order of the page. A part of a form answers them by a public `formFields`. */
export function fieldsOf(root: Root | null): Field[] {
  return [...(root?.querySelectorAll('[data-field], [data-fields]') ?? [])].flatMap((element) => {
    if ('formFields' in element) return (element as Part).formFields();
    return 'setCustomValidity' in element ? [element as Field] : [];
  });
}
