import { createElement } from 'lwc';
import events from '@salesforce/apex/ConnectionsController.events';
import ConnectionsTimeline from 'c/connectionsTimeline';
import { find, flush, texts } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/ConnectionsController.events', () => ({ default: jest.fn() }), { virtual: true });

const event = (id: string, fields: object = {}) => ({ id, at: '2026-11-20T10:00:00Z', kind: 'connected', text: `text ${id}`, ...fields });
const SWITCHED = event('e3', {
  kind: 'switched',
  causeText: 'The user is inactive.',
  from: 'ada',
  to: 'bob',
  waiting: 12,
  nextStep: 'Activate ada.',
});

async function create() {
  const element = createElement('c-connections-timeline', { is: ConnectionsTimeline }) as Part;
  document.body.appendChild(element);
  await flush();
  return element;
}

describe('c-connections-timeline', () => {
  beforeEach(() => (events as jest.Mock).mockResolvedValue({ items: [SWITCHED, event('e2')], next: 'older' }));

  it('tells cause, way, waiting messages and next step', async () => {
    const element = await create();
    expect(texts(element, '.event-text')).toEqual(['text e3', 'text e2']);
    expect(find(element, '.event-cause').textContent).toContain('The user is inactive.');
    expect(find(element, '.event-way').textContent).toBe('c.Conn_From_To');
    expect(find(element, '.event-waiting').textContent).toBe('c.Conn_Waiting_Many');
    expect(find(element, '.event-next').textContent).toContain('Activate ada.');
    expect(find(element, 'lightning-icon').variant).toBe('warning');
  });

  it('adds older events and stops at the end', async () => {
    const element = await create();
    (events as jest.Mock).mockResolvedValueOnce({ items: [event('e2'), event('e1')] });
    find(element, '.more').click();
    await flush();
    expect(events).toHaveBeenLastCalledWith({ cursor: 'older' });
    expect(texts(element, '.event-text')).toEqual(['text e3', 'text e2', 'text e1']);
    expect(find(element, '.more')).toBeNull();
  });

  it('puts news on top and keeps what was loaded', async () => {
    const element = await create();
    (events as jest.Mock).mockResolvedValueOnce({ items: [event('e4'), SWITCHED], next: 'x' });
    element.refresh();
    await flush();
    expect(texts(element, '.event-text')).toEqual(['text e4', 'text e3', 'text e2']);
  });

  it('starts again where the news leave a hole', async () => {
    const element = await create();
    (events as jest.Mock).mockResolvedValueOnce({ items: [event('e9'), event('e8')], next: 'e8' });
    element.refresh();
    await flush();
    expect(texts(element, '.event-text')).toEqual(['text e9', 'text e8']);
  });

  it('keeps the list when a refresh fails', async () => {
    const element = await create();
    (events as jest.Mock).mockRejectedValueOnce(new Error('down'));
    element.refresh();
    await flush();
    expect(texts(element, '.event-text')).toHaveLength(2);
  });

  it('shows a failed first read and repeats it', async () => {
    (events as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const element = await create();
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(texts(element, '.event-text')).toHaveLength(2);
  });

  it('says when nothing has happened', async () => {
    (events as jest.Mock).mockResolvedValue({ items: [] });
    expect(find(await create(), 'c-core-empty-state').heading).toBe('c.Conn_Timeline_Empty');
  });

  it('is accessible', async () => {
    await expect(await create()).toBeAccessible();
  });
});
