import { createElement } from 'lwc';
import candidates from '@salesforce/apex/ConnectionsController.candidates';
import invite from '@salesforce/apex/ConnectionsController.invite';
import ConnectionsInvite from 'c/connectionsInvite';
import { acceptFields, find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/ConnectionsController.candidates', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.invite', () => ({ default: jest.fn() }), { virtual: true });

const ADA = { userId: '0051', username: 'ada@sample.test', name: 'Ada', email: 'ada@mail.test', admin: true };
const BOB = {
  userId: '0052',
  username: 'bob@sample.test',
  name: 'Bob',
  email: 'bob@mail.test',
  admin: false,
  reason: 'Lacks Modify All Data',
};

function create() {
  const element = createElement('c-connections-invite', { is: ConnectionsInvite }) as Part;
  document.body.appendChild(element);
  const closed = jest.fn();
  element.addEventListener('modalclose', (event: CustomEvent) => closed(event.detail));
  return { element, closed };
}
async function search(element: HTMLElement, term: string) {
  jest.useFakeTimers();
  find(element, 'lightning-input[type="search"]')?.dispatchEvent(new CustomEvent('change', { detail: { value: term } }));
  if (!find(element, 'lightning-input[type="search"]'))
    find(element, 'lightning-input').dispatchEvent(new CustomEvent('change', { detail: { value: term } }));
  await jest.advanceTimersByTimeAsync(400);
  jest.useRealTimers();
  await flush();
}
async function choose(element: HTMLElement, userId: string) {
  const radio = find(element, `input[value="${userId}"]`);
  radio.checked = true;
  radio.dispatchEvent(new CustomEvent('change'));
  await flush();
  acceptFields(element);
}

describe('c-connections-invite', () => {
  beforeEach(() => {
    (candidates as jest.Mock).mockResolvedValue({ items: [ADA, BOB] });
    (invite as jest.Mock).mockResolvedValue({ id: 'c2', name: 'Ada', status: 'requested' });
  });

  it('searches from two letters on', async () => {
    const { element } = create();
    await search(element, 'a');
    expect(candidates).not.toHaveBeenCalled();
    await search(element, ' ada ');
    expect(candidates).toHaveBeenCalledWith({ term: 'ada' });
  });

  it('lists users who cannot be invited, disabled, with the reason', async () => {
    const { element } = create();
    await search(element, 'a?');
    expect(find(element, 'input[value="0051"]').disabled).toBe(false);
    expect(find(element, 'input[value="0052"]').disabled).toBe(true);
    expect(element.shadowRoot!.textContent).toContain('Lacks Modify All Data');
    expect(find(element, '.send').disabled).toBe(true);
  });

  it('invites the chosen user and closes with the new connection', async () => {
    const { element, closed } = create();
    await search(element, 'ada');
    await choose(element, '0051');
    find(element, '.send').click();
    await flush();
    expect(invite).toHaveBeenCalledWith({ body: { username: 'ada@sample.test', email: 'ada@mail.test' } });
    expect(closed).toHaveBeenCalledWith({ connection: { id: 'c2', name: 'Ada', status: 'requested' } });
  });

  it('keeps everything after a refusal and says why', async () => {
    (invite as jest.Mock).mockRejectedValue(new Error('already invited'));
    const { element, closed } = create();
    await search(element, 'ada');
    await choose(element, '0051');
    find(element, '.send').click();
    await flush();
    expect(closed).not.toHaveBeenCalled();
    expect(find(element, 'c-core-error-panel').error.message).toBe('already invited');
    expect(find(element, 'input[value="0051"]').checked).toBe(true);
  });

  it('says that nobody matches', async () => {
    (candidates as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = create();
    await search(element, 'zz');
    expect(find(element, '.no-user').textContent).toBe('c.Conn_No_User');
  });

  it('shows a failed search and repeats it', async () => {
    (candidates as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const { element } = create();
    await search(element, 'ada');
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, 'input[value="0051"]')).not.toBeNull();
  });

  it('lets the latest search win', async () => {
    let late: (value: object) => void = () => undefined;
    (candidates as jest.Mock).mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    const { element } = create();
    await search(element, 'bo');
    await search(element, 'ada');
    late({ items: [BOB] });
    await flush();
    expect(find(element, 'input[value="0051"]')).not.toBeNull();
  });

  it('closes without a result when cancelled', () => {
    const { element, closed } = create();
    find(element, '.cancel').click();
    expect(closed.mock.calls[0][0] ?? undefined).toBeUndefined();
  });

  it('is accessible', async () => {
    const { element } = create();
    await search(element, 'ada');
    await expect(element).toBeAccessible();
  });
});
