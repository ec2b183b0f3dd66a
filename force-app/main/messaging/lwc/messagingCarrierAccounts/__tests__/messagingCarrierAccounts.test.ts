import { createElement } from 'lwc';
import MessagingCarrierAccounts from 'c/messagingCarrierAccounts';
import { find, findAll, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const TWILIO = {
  id: 'a1',
  kind: 'twilio',
  label: 'Main carrier',
  settings: {},
  hasSecret: true,
  ratePerSecond: 10,
  windowSize: 10,
  state: 'connected',
  stateSince: '2026-11-01T08:00:00Z',
  stateText: 'Answers in time.',
  webhookUrl: 'https://service.sample.test/carriers/twilio/a1/inbound',
  statusUrl: 'https://service.sample.test/carriers/twilio/a1/status',
};
const SMPP = {
  ...TWILIO,
  id: 'a2',
  kind: 'smpp',
  label: 'Bulk',
  state: 'failed',
  stateText: 'Wrong password.',
  webhookUrl: null,
  statusUrl: null,
};

function create(accounts: object[], props: object = {}) {
  const element = createElement('c-messaging-carrier-accounts', { is: MessagingCarrierAccounts }) as Part;
  Object.assign(element, { accounts, ...props });
  document.body.appendChild(element);
  return element;
}

describe('c-messaging-carrier-accounts', () => {
  it('shows the state of each account in words', () => {
    const rows = findAll(create([TWILIO, SMPP]), '.account');
    expect(rows[0]!.querySelector('.state-text')!.textContent).toBe('Answers in time.');
    expect(rows[1]!.querySelector<Part>('lightning-badge')!.label).toBe('c.Msg_Setup_Failed');
    expect(rows[1]!.querySelector('.state-text')!.textContent).toBe('Wrong password.');
  });

  it('offers the addresses to copy where the carrier needs them', () => {
    const rows = findAll(create([TWILIO, SMPP]), '.account');
    expect([...rows[0]!.querySelectorAll<Part>('c-core-copy-field')].map(({ value }) => value)).toEqual([
      TWILIO.webhookUrl,
      TWILIO.statusUrl,
    ]);
    expect(rows[1]!.querySelector('c-core-copy-field')).toBeNull();
  });

  it.each([
    ['.test', 'testaccount'],
    ['.edit', 'editaccount'],
    ['.remove', 'removeaccount'],
  ])('asks the page to act: %s', (selector, name) => {
    const element = create([TWILIO]);
    const handler = jest.fn();
    element.addEventListener(name, handler);
    find(element, selector).click();
    expect(handler.mock.calls[0][0].detail).toEqual({ id: 'a1' });
  });

  it('invites to add the first account', () => {
    const element = create([]);
    const handler = jest.fn();
    element.addEventListener('addaccount', handler);
    find(element, 'c-core-empty-state lightning-button').click();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(find(element, 'table')).toBeNull();
  });

  it('blocks the buttons of the account being worked on', () => {
    const element = create([TWILIO, SMPP], { busyId: 'a2' });
    expect(findAll(element, '.edit').map(({ disabled }) => disabled)).toEqual([false, true]);
  });

  it('focuses a row, or the add button where the row is gone', () => {
    const element = create([TWILIO]);
    const [edit, add] = [find(element, '.edit'), find(element, '.add')];
    edit.focus = jest.fn();
    add.focus = jest.fn();
    element.focusRow('a1');
    element.focusRow('gone');
    expect(edit.focus).toHaveBeenCalledTimes(1);
    expect(add.focus).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    const element = create([TWILIO, SMPP]);
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});
