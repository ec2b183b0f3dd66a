import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import makeMain from '@salesforce/apex/ConnectionsController.makeMain';
import reconnect from '@salesforce/apex/ConnectionsController.reconnect';
import remove from '@salesforce/apex/ConnectionsController.remove';
import reorder from '@salesforce/apex/ConnectionsController.reorder';
import test from '@salesforce/apex/ConnectionsController.test';
import ConnectionsInvite from 'c/connectionsInvite';
import ConnectionsPage from 'c/connectionsPage';
import { find, findAll, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/ConnectionsController.makeMain', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.reconnect', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.remove', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.reorder', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.test', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.events', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });

const user = (id: string, role: string, position: number, status = 'connected') => ({
  id,
  username: `${id}@sample.test`,
  name: id,
  role,
  position,
  status,
  since: '2026-11-01T08:00:00Z',
});
const MAIN = user('ada', 'main', 0);
const BOB = user('bob', 'standby', 1);
const CYD = user('cyd', 'standby', 2);
const card = (element: HTMLElement, id: string) => find(element, `c-connections-card[data-id="${id}"]`);

function create(connections: object[] = [CYD, MAIN, BOB]) {
  const element = createElement('c-connections-page', { is: ConnectionsPage }) as Part;
  Object.assign(element, { org: { connectionMode: true, notifyEmails: [] }, connections });
  document.body.appendChild(element);
  const events = { refresh: jest.fn(), toast: jest.fn() };
  element.addEventListener('refresh', events.refresh);
  element.addEventListener(ShowToastEvent.eventName, (event: CustomEvent) => events.toast(event.detail));
  return { element, ...events };
}
async function act(element: HTMLElement, id: string, action: string) {
  card(element, id).dispatchEvent(new CustomEvent('connectionaction', { detail: { action, id } }));
  await flush();
}

describe('c-connections-page', () => {
  it('shows main first and sums up who is ready', () => {
    const { element } = create();
    expect(findAll(element, 'c-connections-card').map(({ dataset }) => dataset.id)).toEqual(['ada', 'bob', 'cyd']);
    expect(find(element, '.summary').textContent).toBe('c.Conn_Summary_Spares');
    expect(find(element, '.invite').disabled).toBe(true);
  });

  it.each([
    [[MAIN], 'c.Conn_Summary_No_Spare'],
    [[MAIN, BOB], 'c.Conn_Summary_One_Spare'],
    [[MAIN, { ...BOB, status: 'disconnected' }, { ...CYD, status: 'requested' }], 'c.Conn_Summary_Lost_Spare'],
    [[{ ...MAIN, status: 'disconnected' }], 'c.Conn_Summary_Down'],
  ])('sums up fewer users', (connections, summary) => {
    expect(find(create(connections).element, '.summary').textContent).toBe(summary);
  });

  it('offers to register while nobody is connected, because then nobody can be looked up', () => {
    const { element, refresh } = create([]);
    expect(find(element, 'c-core-empty-state').heading).toBe('c.Conn_Empty_Heading');
    expect(find(element, '.invite').disabled).toBe(true);
    find(element, '.register').dispatchEvent(new CustomEvent('registered'));
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('makes a standby user main', async () => {
    const { element, refresh, toast } = create();
    await act(element, 'bob', 'makeMain');
    expect(makeMain).toHaveBeenCalledWith({ id: 'bob' });
    expect(toast.mock.calls[0][0]).toMatchObject({ variant: 'success', title: 'c.Conn_Made_Main' });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('reports a test in words, good or bad', async () => {
    const { element, toast } = create();
    (test as jest.Mock).mockResolvedValueOnce({ ...BOB });
    await act(element, 'bob', 'test');
    (test as jest.Mock).mockResolvedValueOnce({
      ...BOB,
      status: 'disconnected',
      causeText: 'The user is inactive.',
      nextStep: 'Activate the user.',
    });
    await act(element, 'bob', 'test');
    expect(toast.mock.calls[0][0]).toMatchObject({ variant: 'success' });
    expect(toast.mock.calls[1][0]).toMatchObject({ variant: 'error', message: 'The user is inactive. Activate the user.', mode: 'sticky' });
  });

  it('sends a new link', async () => {
    const { element } = create();
    await act(element, 'cyd', 'reconnect');
    expect(reconnect).toHaveBeenCalledWith({ id: 'cyd' });
  });

  it('removes a user after a confirmation', async () => {
    const { element } = create();
    await act(element, 'bob', 'remove');
    expect((LightningConfirm.open as jest.Mock).mock.calls[0][0].message).toBe('c.Conn_Confirm_Remove');
    expect(remove).toHaveBeenCalledWith({ id: 'bob', confirm: '' });
  });

  it('says what removing the last working user means, and confirms it to the service', async () => {
    const { element } = create([MAIN, { ...BOB, status: 'disconnected' }]);
    await act(element, 'ada', 'remove');
    expect((LightningConfirm.open as jest.Mock).mock.calls[0][0].message).toBe('c.Conn_Confirm_Remove_Last');
    expect(remove).toHaveBeenCalledWith({ id: 'ada', confirm: 'true' });
  });

  it.each([
    ['requested', 'c.Conn_Confirm_Withdraw'],
    ['disconnected', 'c.Conn_Confirm_Remove_Lost'],
  ])('says what removing a %s user means', async (status, text) => {
    const { element } = create([{ ...BOB, status }]);
    await act(element, 'bob', 'remove');
    expect((LightningConfirm.open as jest.Mock).mock.calls[0][0].message).toBe(text);
    expect(remove).toHaveBeenCalledWith({ id: 'bob', confirm: '' });
  });

  it('does nothing when the confirmation is refused', async () => {
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    const { element, refresh } = create();
    await act(element, 'bob', 'remove');
    expect(remove).not.toHaveBeenCalled();
    expect(refresh).not.toHaveBeenCalled();
  });

  it('changes the order, says the new place and keeps the focus at the moved user', async () => {
    const { element } = create();
    await act(element, 'cyd', 'up');
    expect(reorder).toHaveBeenCalledWith({ body: { ids: ['ada', 'cyd', 'bob'] } });
    expect(find(element, '.announcement').textContent).toBe('c.Conn_Moved');
    const focusAction = jest.spyOn(card(element, 'cyd'), 'focusAction');
    element.connections = [MAIN, { ...CYD, position: 1 }, { ...BOB, position: 2 }];
    await flush();
    expect(card(element, 'cyd').place).toBe(1);
    expect(focusAction).toHaveBeenCalledWith('up');
  });

  it('shows the problem of a refused action and leaves the list', async () => {
    (makeMain as jest.Mock).mockRejectedValueOnce(new Error('not connected'));
    const { element } = create();
    await act(element, 'bob', 'makeMain');
    expect(find(element, 'c-core-error-panel').error.message).toBe('not connected');
    expect(card(element, 'bob').busy).toBe(false);
  });

  it('invites through the dialog and puts the focus back', async () => {
    const open = jest.spyOn(ConnectionsInvite, 'open').mockResolvedValue({ connection: { ...BOB, status: 'requested' } });
    const { element, refresh, toast } = create([MAIN]);
    const button = find(element, '.invite');
    button.focus = jest.fn();
    button.click();
    await flush();
    expect(open).toHaveBeenCalledTimes(1);
    expect(button.focus).toHaveBeenCalledTimes(1);
    expect(toast.mock.calls[0][0]).toMatchObject({ variant: 'success', title: 'c.Conn_Invited' });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    const { element } = create([]);
    await flush();
    await expect(element).toBeAccessible();
  });
});
