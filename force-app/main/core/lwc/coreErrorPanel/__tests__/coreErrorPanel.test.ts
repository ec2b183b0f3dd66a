import { createElement } from 'lwc';
import CoreErrorPanel from 'c/coreErrorPanel';

jest.mock('@salesforce/label/c.Core_Error_Code', () => ({ default: 'Error code: {0}' }), { virtual: true });

const PROBLEM = {
  code: 'service_unreachable',
  title: 'The service does not answer.',
  detail: 'Nothing came back.',
  errors: [{ message: 'row 1' }],
};

function show(props: object) {
  const element = Object.assign(createElement('c-core-error-panel', { is: CoreErrorPanel }), props);
  document.body.append(element);
  return element;
}
const textOf = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelector(selector)?.textContent;

describe('c-core-error-panel', () => {
  it('shows what, why, the rows and the code', async () => {
    const element = show({ error: { body: { message: JSON.stringify(PROBLEM) } } });
    expect(textOf(element, '.error-title')).toBe(PROBLEM.title);
    expect(textOf(element, '.error-detail')).toBe(PROBLEM.detail);
    expect(textOf(element, '.error-item')).toBe('row 1');
    expect(textOf(element, '.error-code')).toBe('Error code: service_unreachable');
    await expect(element).toBeAccessible();
  });

  it('keeps the problem’s title beside a heading of ours', () => {
    const element = show({ heading: 'Not loaded', error: { body: { message: JSON.stringify(PROBLEM) } } });
    expect(textOf(element, '.error-title')).toBe('Not loaded');
    expect(textOf(element, '.error-detail')).toBe('The service does not answer: Nothing came back.');
  });

  it('shows no code and no list for a plain error', () => {
    const element = show({ error: new Error('boom') });
    expect(textOf(element, '.error-detail')).toBe('boom');
    expect(element.shadowRoot!.querySelector('.error-code')).toBeNull();
    expect(element.shadowRoot!.querySelector('ul')).toBeNull();
  });

  it('asks to try again, unless that cannot help', () => {
    const retried = jest.fn();
    const element = show({ error: 'x' });
    element.addEventListener('retry', retried);
    element.shadowRoot!.querySelector<HTMLElement>('lightning-button')!.click();
    expect(retried).toHaveBeenCalledTimes(1);
    expect(show({ error: 'x', hideRetry: true }).shadowRoot!.querySelector('lightning-button')).toBeNull();
  });
});
