import { createElement } from 'lwc';
import ConnectionsCard from 'c/connectionsCard';
import { find, findAll, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const USER = {
  id: 'c1',
  username: 'ada@sample.test',
  name: 'Ada',
  role: 'standby',
  position: 1,
  status: 'connected',
  since: '2026-11-01T08:00:00Z',
  lastOkAt: '2026-11-22T08:00:00Z',
};

function create(connection: object, props: object = {}) {
  const element = createElement('c-connections-card', { is: ConnectionsCard });
  Object.assign(element, { connection: { ...USER, ...connection }, place: 1, places: 2, ...props });
  document.body.appendChild(element);
  return element as Part;
}
const actions = (element: HTMLElement) => findAll(element, '.actions lightning-button').map(({ dataset }) => dataset.action);

describe('c-connections-card', () => {
  it('offers what the state allows', () => {
    expect(actions(create({ role: 'main' }))).toEqual(['test', 'remove']);
    expect(actions(create({}))).toEqual(['test', 'makeMain', 'remove']);
    expect(actions(create({ status: 'disconnected' }))).toEqual(['reconnect', 'test', 'remove']);
    expect(actions(create({ status: 'requested' }))).toEqual(['reconnect', 'remove']);
  });

  it('says who is main and marks the state in words', () => {
    const element = create({ role: 'main' });
    expect(find(element, '.role').label).toBe('c.Conn_Main');
    expect(find(element, '.since').textContent).toContain('c.Conn_Main_Since');
    expect(find(element, '.last-ok').textContent).toBe('c.Conn_Last_Ok');
    expect(find(element, '[data-action="up"]')).toBeNull();
  });

  it('explains a lost user: cause, access, next step', () => {
    const element = create({
      status: 'disconnected',
      causeText: 'The password was changed.',
      nextStep: 'Reconnect.',
      missing: ['Message__c.Body__c'],
    });
    expect(find(element, '.problem').textContent).toContain('The password was changed.');
    expect(find(element, '.next-step').textContent).toContain('Reconnect.');
    expect(find(element, '.missing').textContent).toContain('c.Conn_Missing');
  });

  it('explains that an invitation cannot be copied, and when it is over', () => {
    const requested = { status: 'requested', invitedAt: '2026-11-01T08:00:00Z' };
    expect(find(create({ ...requested, inviteExpiresAt: '2999-01-01T00:00:00Z' }), '.invite').textContent).toBe('c.Conn_Invite_Valid');
    expect(find(create({ ...requested, inviteExpiresAt: '2000-01-01T00:00:00Z' }), '.invite').textContent).toBe('c.Conn_Invite_Expired');
    expect(find(create(requested), '.invite').textContent).toBe('c.Conn_Invite_By_Mail');
    expect(find(create(requested), '.last-ok')).toBeNull();
  });

  it('explains that an invitation did not arrive, and what to do', () => {
    const lost = { cause: 'mail_refused', causeText: 'The invitation did not reach ada@typo.test.', nextStep: 'Invite again.' };
    const element = create({ status: 'requested', inviteExpiresAt: '2999-01-01T00:00:00Z', ...lost });
    expect(find(element, '.invite')).toBeNull();
    expect(find(element, '.problem').textContent).toContain('ada@typo.test');
    expect(find(element, '.next-step').textContent).toContain('Invite again.');
  });

  it('hands every press to the page', () => {
    const element = create({});
    const handler = jest.fn();
    element.addEventListener('connectionaction', handler);
    find(element, '[data-action="makeMain"]').click();
    expect(handler.mock.calls[0][0].detail).toEqual({ action: 'makeMain', id: 'c1' });
  });

  it('moves only where there is room', () => {
    const first = create({}, { place: 1, places: 2 });
    expect(find(first, '[data-action="up"]').disabled).toBe(true);
    expect(find(first, '[data-action="down"]').disabled).toBe(false);
    expect(find(create({}, { place: 1, places: 1 }), '[data-action="down"]')).toBeNull();
  });

  it('blocks its buttons while it is busy', () => {
    const element = create({}, { busy: true });
    expect(findAll(element, 'lightning-button').every((button) => button.disabled)).toBe(true);
  });

  it('focuses a neighbour where the wanted action is not possible any more', () => {
    const element = create({}, { place: 1, places: 2 });
    const down = find(element, '[data-action="down"]');
    down.focus = jest.fn();
    element.focusAction('up');
    expect(down.focus).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    const element = create({ status: 'disconnected', causeText: 'The password was changed.', nextStep: 'Reconnect.' });
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});
