import { createElement } from 'lwc';
import { mergeOutgoing, toMessage } from 'c/messagingData';
import MessagingThread from 'c/messagingThread';
import { messagePage, messageRow, settle } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Thread_Announce', () => ({ default: 'New message from {0}: {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Thread_New_Many', () => ({ default: '{0} new messages' }), { virtual: true });

const page = (from: number, to: number) => messagePage(from, to).map(toMessage).reverse();

async function show(props: object) {
  const element = createElement('c-messaging-thread', { is: MessagingThread }) as HTMLElement & Record<string, unknown>;
  Object.assign(element, { customerName: 'Rosa', ...props });
  document.body.append(element);
  await settle();
  return element;
}
const find = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelector<HTMLElement>(selector);
const count = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelectorAll(selector).length;

/** jsdom lays nothing out: the test says how high everything is and where the reader stands. */
function layOut(element: HTMLElement, { scrollHeight = 1000, clientHeight = 300 } = {}) {
  const scroller = find(element, '.scroller')!;
  let height = scrollHeight;
  Object.defineProperty(scroller, 'scrollHeight', { configurable: true, get: () => height });
  Object.defineProperty(scroller, 'clientHeight', { configurable: true, value: clientHeight });
  scroller.dispatchEvent(new CustomEvent('scroll')); // the first layout
  return {
    scroller,
    grow: (to: number) => (height = to),
    scrollTo: (top: number) => {
      scroller.scrollTop = top;
      scroller.dispatchEvent(new CustomEvent('scroll'));
    },
  };
}

describe('c-messaging-thread', () => {
  it('shows messages oldest first, with a heading for each day', async () => {
    const yesterday = toMessage(messageRow(1, { OccurredAt__c: '2026-11-20T12:00:00Z' }));
    const element = await show({ messages: [yesterday, ...page(2, 4)] });
    expect(count(element, 'c-messaging-bubble')).toBe(4);
    expect(count(element, '.day')).toBe(2);
    expect(find(element, '.scroller')!.getAttribute('role')).toBe('region');
    await expect(element).toBeAccessible();
  });

  it('shows the newest messages of a long thread first, and the rest once these are on the screen', async () => {
    const frames: (() => void)[] = [];
    jest.spyOn(window, 'requestAnimationFrame').mockImplementation((frame) => frames.push(frame as () => void));
    const element = await show({ messages: page(1, 40) });
    const texts = () => [...element.shadowRoot!.querySelectorAll<Element & { message: { key: string } }>('c-messaging-bubble')];
    expect(texts().map(({ message }) => message.key)).toEqual(page(26, 40).map(({ key }) => key));
    const newest = texts().at(-1);
    frames.forEach((frame) => frame());
    await settle();
    expect(texts()).toHaveLength(40);
    expect(texts().at(-1)).toBe(newest);
    Object.assign(element, { messages: page(1, 41) });
    await settle();
    expect(texts()).toHaveLength(41);
    Object.assign(element, { messages: page(101, 140) });
    await settle();
    expect(texts()).toHaveLength(15);
    element.remove();
    document.body.append(element); // as a page that Lightning had put aside
    await settle();
    expect(texts()).toHaveLength(40);
    jest.restoreAllMocks();
  });

  it('says that there is nothing yet', async () => {
    const element = await show({ messages: [] });
    expect(find(element, 'c-core-empty-state')).toMatchObject({ heading: 'c.Msg_Thread_Empty', iconName: 'utility:chat' });
    await expect(element).toBeAccessible();
  });

  it('does not ask for a first message where there are some that could not be written', async () => {
    const element = await show({ messages: [], unwritten: true });
    expect(find(element, 'c-core-empty-state')).toMatchObject({
      heading: 'c.Msg_Thread_Unwritten',
      message: 'c.Msg_Thread_Unwritten_Text',
    });
    await expect(element).toBeAccessible();
  });

  it('stays at the newest message', async () => {
    const element = await show({ messages: page(1, 3) });
    const { scroller, grow } = layOut(element);
    grow(1200);
    element['messages'] = page(1, 5);
    await settle();
    expect(scroller.scrollTop).toBe(1200);
    expect(find(element, '.to-newest')).toBeNull();
  });

  it('leaves a reader who scrolled up alone, counts what came, and leads there', async () => {
    const element = await show({ messages: page(1, 4) });
    const { scroller, scrollTo } = layOut(element);
    scrollTo(400);
    element['messages'] = page(1, 9); // 5, 7 and 9 are the customer's
    await settle();
    expect(scroller.scrollTop).toBe(400);
    const button = find(element, '.to-newest') as HTMLElement & { label: string };
    expect(button.label).toBe('3 new messages');
    button.click();
    await settle();
    expect(scroller.scrollTop).toBe(1000);
    expect(find(element, '.to-newest')).toBeNull();
  });

  it('forgets the count when the reader scrolls down', async () => {
    const element = await show({ messages: page(1, 4) });
    const { scrollTo } = layOut(element);
    scrollTo(400);
    element['messages'] = page(1, 5);
    await settle();
    scrollTo(690);
    await settle();
    expect(find(element, '.to-newest')).toBeNull();
  });

  it('comes down for a message written here', async () => {
    const element = await show({ messages: page(1, 4) });
    const { scroller, scrollTo } = layOut(element);
    scrollTo(400);
    const written = { key: 'k', body: 'x', from: '', createdAt: 0, state: 'posting' as const };
    element['messages'] = mergeOutgoing(page(1, 4), [written]);
    await settle();
    expect(scroller.scrollTop).toBe(1000);
  });

  it('keeps the reader’s place when earlier messages are put in front', async () => {
    const element = await show({ messages: page(51, 60), hasOlder: true });
    const { scroller, grow, scrollTo } = layOut(element);
    scrollTo(20);
    element['messages'] = page(1, 60);
    grow(3000);
    await settle();
    expect(scroller.scrollTop).toBe(2020);
  });

  it('asks for earlier messages at the top, by button too, and not twice at a time', async () => {
    const older = jest.fn();
    const element = await show({ messages: page(51, 60), hasOlder: true });
    element.addEventListener('older', older);
    const { scrollTo } = layOut(element);
    scrollTo(500);
    expect(older).not.toHaveBeenCalled();
    scrollTo(10);
    expect(older).toHaveBeenCalledTimes(1);
    element['loadingOlder'] = true;
    await settle();
    scrollTo(5);
    expect(older).toHaveBeenCalledTimes(1);
    element['loadingOlder'] = false;
    await settle();
    find(element, '.earlier')!.click();
    expect(older).toHaveBeenCalledTimes(2);
    await expect(element).toBeAccessible();
  });

  it('reads out what the customer writes, but nothing at first', async () => {
    const element = await show({ messages: page(1, 3) });
    expect(find(element, '.announcement')!.textContent).toBe('');
    element['messages'] = page(1, 5);
    await settle();
    expect(find(element, '.announcement')!.textContent).toBe('New message from Rosa: Body 5');
    expect(find(element, '.announcement')!.getAttribute('aria-live')).toBe('polite');
  });

  it('starts anew with another conversation', async () => {
    const element = await show({ messages: page(1, 4) });
    const { scroller, scrollTo } = layOut(element);
    scrollTo(400);
    element['messages'] = page(100, 110);
    await settle();
    expect(scroller.scrollTop).toBe(1000);
    expect(find(element, '.announcement')!.textContent).toBe('');
  });

  it('passes on what its bubbles ask for', async () => {
    const heard = jest.fn();
    const element = await show({ messages: page(1, 1) });
    for (const name of ['retry', 'discard', 'writeagain'])
      element.addEventListener(name, (event) => heard(event.type, (event as CustomEvent).detail));
    for (const name of ['retry', 'discard', 'writeagain'])
      find(element, 'c-messaging-bubble')!.dispatchEvent(new CustomEvent(name, { detail: { key: 'k' } }));
    expect(heard.mock.calls).toEqual(['retry', 'discard', 'writeagain'].map((name) => [name, { key: 'k' }]));
  });
});
