import { createElement } from 'lwc';
import loadMedia from '@salesforce/apex/MessagingController.media';
import MessagingMedia from 'c/messagingMedia';
import MessagingMediaViewer from 'c/messagingMediaViewer';
import { settle } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });
const load = loadMedia as unknown as jest.Mock;

let lastId = 0;
async function show(fields: object = {}) {
  lastId += 1;
  const item = { id: `media-${lastId}`, contentType: 'image/png', bytes: 4, fileName: 'cat.png', ...fields };
  const element = Object.assign(createElement('c-messaging-media', { is: MessagingMedia }), { item, sentAt: '2026-11-22T10:00:00Z' });
  document.body.append(element);
  await settle();
  return element;
}
const find = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelector<HTMLElement>(selector);

describe('c-messaging-media', () => {
  it('shows a picture with alternative text and opens it larger', async () => {
    load.mockResolvedValue({ contentType: 'image/png', data: 'AAAA' });
    const open = jest.spyOn(MessagingMediaViewer, 'open').mockResolvedValue(undefined);
    const element = await show();
    const picture = find(element, 'img') as HTMLImageElement;
    expect(picture.src).toBe('data:image/png;base64,AAAA');
    expect(picture.alt).toContain('c.Msg_Media_Picture');
    find(element, '.open')!.click();
    expect(open).toHaveBeenCalledWith(expect.objectContaining({ source: 'data:image/png;base64,AAAA', fileName: 'cat.png' }));
    await expect(element).toBeAccessible();
  });

  it('loads a picture once, however often it is shown', async () => {
    load.mockResolvedValue({ contentType: 'image/png', data: 'AAAA' });
    await show({ id: 'same' });
    await show({ id: 'same' });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('says that it loads', async () => {
    load.mockReturnValue(new Promise(() => undefined));
    const element = await show();
    expect(find(element, 'lightning-spinner')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('offers to load again after a failure, and does not keep the failure', async () => {
    load.mockRejectedValueOnce(new Error('no')).mockResolvedValue({ contentType: 'image/png', data: 'BBBB' });
    const element = await show();
    expect(find(element, '.failed')!.textContent).toContain('c.Msg_Media_Failed');
    await expect(element).toBeAccessible();
    find(element, '.retry')!.click();
    await settle();
    expect((find(element, 'img') as HTMLImageElement).src).toContain('BBBB');
  });

  it('treats a picture that does not draw as failed', async () => {
    load.mockResolvedValue({ contentType: 'image/png', data: 'AAAA' });
    const element = await show();
    find(element, 'img')!.dispatchEvent(new CustomEvent('error'));
    await settle();
    expect(find(element, '.failed')).not.toBeNull();
  });

  it('offers anything but a picture as a file, scripts in SVG included', async () => {
    load.mockResolvedValue({ contentType: 'image/svg+xml', data: 'AAAA' });
    const element = await show({ contentType: 'image/svg+xml', fileName: 'x.svg' });
    expect(find(element, 'img')).toBeNull();
    expect(find(element, 'a')!.getAttribute('download')).toBe('x.svg');
    await expect(element).toBeAccessible();
  });

  it('waits until it comes into view', async () => {
    load.mockResolvedValue({ contentType: 'image/png', data: 'AAAA' });
    let see: (entries: object[]) => void = () => undefined;
    const disconnect = jest.fn();
    const observer = jest.fn((callback) => {
      see = callback;
      return { observe: jest.fn(), disconnect };
    });
    Object.defineProperty(globalThis, 'IntersectionObserver', { configurable: true, value: observer });
    await show();
    see([{ isIntersecting: false }]);
    expect(load).not.toHaveBeenCalled();
    see([{ isIntersecting: true }]);
    expect(load).toHaveBeenCalledTimes(1);
    expect(disconnect).toHaveBeenCalledTimes(1);
    Reflect.deleteProperty(globalThis, 'IntersectionObserver');
  });
});
