import { createElement } from 'lwc';
import MessagingMediaViewer from 'c/messagingMediaViewer';

describe('c-messaging-media-viewer', () => {
  it('shows the picture with its description, for download and to be closed', async () => {
    const closed = jest.fn();
    const props = { label: 'Picture from Rosa', source: 'data:image/png;base64,AAAA', fileName: 'cat.png' };
    const element = Object.assign(createElement('c-messaging-media-viewer', { is: MessagingMediaViewer }), props);
    element.addEventListener('modalclose', closed);
    document.body.append(element);
    const find = (selector: string) => element.shadowRoot!.querySelector<HTMLElement>(selector)!;
    expect((find('img') as HTMLImageElement).alt).toBe('Picture from Rosa');
    expect(find('a').getAttribute('download')).toBe('cat.png');
    find('.close').click();
    expect(closed).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });
});
