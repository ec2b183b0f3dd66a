/** Shared by the tests of the setup tab's components. */

/** A child as a test sees it: its properties can be read, and its methods replaced by spies. */
// Base components are hollow stubs without types here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Part = HTMLElement & Record<string, any>;

/** The wire adapter that stands in for an Apex read. */
export interface Wire {
  emit(value: unknown): void;
  error(body?: unknown): void;
  getLastConfig(): unknown;
}

/** Lets promises settle and the component render. */
export const flush = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export function find(element: Element, selector: string): Part {
  return element.shadowRoot!.querySelector(selector) as Part;
}

export function findAll(element: Element, selector: string): Part[] {
  return [...element.shadowRoot!.querySelectorAll<Part>(selector)];
}

/** The text of each match. */
export function texts(element: Element, selector: string): (string | null)[] {
  return findAll(element, selector).map(({ textContent }) => textContent);
}

/** What a refused command rejects with: our problem inside the message of an AuraHandledException. */
export function problem(code: string, errors: { field: string; message: string }[] = []): object {
  return { body: { message: JSON.stringify({ code, title: 'Title', detail: 'Detail', status: 400, errors }) } };
}

/** Every form field of the element and its parts takes what it is given: the stubs have no validation of their own. */
export function acceptFields(element: Element): void {
  findAll(element, '[data-fields]').forEach(acceptFields);
  for (const field of findAll(element, '[data-field]')) {
    field['setCustomValidity'] = jest.fn();
    field['reportValidity'] = () => true;
  }
}

/** Hollow stubs show on their host the name that the real button gives to its <button>; axe rightly refuses that on a host. */
export function takeStubNames(element: Element): void {
  for (const stub of findAll(element, 'lightning-button, lightning-vertical-navigation')) stub.removeAttribute('aria-label');
}

export const change = (target: EventTarget, detail: object): boolean => target.dispatchEvent(new CustomEvent('change', { detail }));
