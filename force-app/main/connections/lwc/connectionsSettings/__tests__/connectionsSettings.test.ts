import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import updateOrg from '@salesforce/apex/SetupController.updateOrg';
import ConnectionsSettings from 'c/connectionsSettings';
import { acceptFields, find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/SetupController.updateOrg', () => ({ default: jest.fn() }), { virtual: true });

function create(org: object = { connectionMode: true, notifyEmails: ['ops@sample.test'] }) {
  const element = createElement('c-connections-settings', { is: ConnectionsSettings });
  Object.assign(element, { org });
  document.body.appendChild(element);
  acceptFields(element);
  const refresh = jest.fn();
  element.addEventListener('refresh', refresh);
  return { element, refresh };
}
async function toggle(element: HTMLElement, checked: boolean) {
  find(element, '.mode').dispatchEvent(new CustomEvent('change', { detail: { checked } }));
  await flush();
}
async function add(element: HTMLElement, address: string) {
  find(element, '.address').dispatchEvent(new CustomEvent('change', { detail: { value: address } }));
  find(element, '.add-button').click();
  await flush();
}

describe('c-connections-settings', () => {
  it('explains the mode', () => {
    expect(find(create().element, '.mode-text').textContent).toBe('c.Conn_Mode_On');
    expect(find(create({ connectionMode: false, notifyEmails: [] }).element, '.mode-text').textContent).toBe('c.Conn_Mode_Off');
  });

  it('switches off after a confirmation', async () => {
    const { element, refresh } = create();
    await toggle(element, false);
    expect(LightningConfirm.open).toHaveBeenCalledTimes(1);
    expect(updateOrg).toHaveBeenCalledWith({ body: { connectionMode: false } });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('goes back when the confirmation is refused', async () => {
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    const { element } = create();
    await toggle(element, false);
    expect(updateOrg).not.toHaveBeenCalled();
    expect(find(element, '.mode').checked).toBe(true);
  });

  it('switches on without asking, and shows what is when that fails', async () => {
    (updateOrg as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const { element } = create({ connectionMode: false, notifyEmails: [] });
    await toggle(element, true);
    expect(LightningConfirm.open).not.toHaveBeenCalled();
    expect(find(element, '.mode').checked).toBe(false);
    expect(find(element, 'c-core-error-panel').error.message).toBe('down');
  });

  it('adds an address to the others and empties the field', async () => {
    const { element } = create();
    await add(element, ' night@sample.test ');
    expect(updateOrg).toHaveBeenCalledWith({ body: { notifyEmails: ['ops@sample.test', 'night@sample.test'] } });
    expect(find(element, '.address').value).toBe('');
  });

  it('keeps a refused address in its field', async () => {
    (updateOrg as jest.Mock).mockRejectedValueOnce(new Error('not an address'));
    const { element } = create();
    await add(element, 'night@sample');
    expect(find(element, '.address').value).toBe('night@sample');
  });

  it('does not save an address twice', async () => {
    const { element } = create();
    await add(element, 'OPS@sample.test');
    expect(updateOrg).not.toHaveBeenCalled();
  });

  it('removes an address', async () => {
    const { element } = create();
    find(element, '[data-name="ops@sample.test"]').click();
    await flush();
    expect(updateOrg).toHaveBeenCalledWith({ body: { notifyEmails: [] } });
  });

  it('says when nobody is notified', () => {
    expect(find(create({ connectionMode: true, notifyEmails: [] }).element, '.no-address')).not.toBeNull();
  });

  it('is accessible', async () => {
    await expect(create().element).toBeAccessible();
  });
});
