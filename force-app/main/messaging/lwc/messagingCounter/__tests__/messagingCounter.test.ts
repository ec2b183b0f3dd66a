import { createElement } from 'lwc';
import MessagingCounter from 'c/messagingCounter';

jest.mock('@salesforce/label/c.Msg_Counter_Empty', () => ({ default: 'up to {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Counter_One', () => ({ default: '{0} typed, one, {1} left' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Counter_Many', () => ({ default: '{0} typed, {1} segments, {2} left' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Counter_Unicode', () => ({ default: '{0}: {1} not {2}' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Counter_Too_Long', () => ({ default: '{0} over {1}' }), { virtual: true });

function show(text: string) {
  const element = Object.assign(createElement('c-messaging-counter', { is: MessagingCounter }), { text });
  document.body.append(element);
  return element;
}
const textOf = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelector(selector)?.textContent ?? '';

describe('c-messaging-counter', () => {
  it.each([
    ['', 'up to 1600'],
    ['hello', '5 typed, one, 155 left'],
    ['x'.repeat(161), '161 typed, 2 segments, 145 left'],
  ])('counts %j', async (text, summary) => {
    const element = show(text);
    expect(textOf(element, '.summary')).toContain(summary);
    expect(textOf(element, '.explanation')).toBe('');
    await expect(element).toBeAccessible();
  });

  it('names the character that forces the larger alphabet, and its price', () => {
    expect(textOf(show('see you 👋'), '.explanation')).toBe('👋: 70 not 160');
    expect(textOf(show('ж'.repeat(100)), '.explanation')).toBe('ж: 67 not 153');
  });

  it('says by how much a text is too long', async () => {
    const element = show('x'.repeat(1605));
    expect(textOf(element, '.too-long')).toBe('5 over 1600');
    await expect(element).toBeAccessible();
  });
});
