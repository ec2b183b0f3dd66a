import { createElement } from 'lwc';
import createCarrierAccount from '@salesforce/apex/MessagingSetupController.createCarrierAccount';
import updateCarrierAccount from '@salesforce/apex/MessagingSetupController.updateCarrierAccount';
import MessagingCarrierForm from 'c/messagingCarrierForm';
import { acceptFields, find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.createCarrierAccount', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.updateCarrierAccount', () => ({ default: jest.fn() }), { virtual: true });

const STORED = {
  id: 'a1',
  kind: 'smpp',
  label: 'Bulk',
  settings: { host: 'smsc.sample.test', port: 2775, systemId: 'switch', systemType: '', tls: true },
  hasSecret: true,
  ratePerSecond: 30,
  windowSize: 5,
  state: 'connected',
  stateText: 'Bound.',
  stateSince: '2026-11-01T08:00:00Z',
};
const field = (element: HTMLElement, path: string) => find(element, `[data-field="${path}"]`);
const problem = (errors: object[]) => ({ body: { message: JSON.stringify({ code: 'invalid_request', title: 'T', detail: 'D', errors }) } });

async function create(account?: object) {
  const element = createElement('c-messaging-carrier-form', { is: MessagingCarrierForm }) as Part;
  Object.assign(element, { account });
  document.body.appendChild(element);
  const closed = jest.fn();
  element.addEventListener('modalclose', (event: CustomEvent) => closed(event.detail));
  await flush();
  return { element, closed };
}
function makeValid(element: HTMLElement) {
  acceptFields(element);
}
function type(element: HTMLElement, values: Record<string, string>) {
  for (const [path, value] of Object.entries(values)) field(element, path).dispatchEvent(new CustomEvent('change', { detail: { value } }));
}
async function save(element: HTMLElement) {
  await flush();
  makeValid(element);
  find(element, '.save').click();
  await flush();
}

describe('c-messaging-carrier-form', () => {
  beforeEach(() => {
    (createCarrierAccount as jest.Mock).mockResolvedValue({ ...STORED, id: 'a9' });
    (updateCarrierAccount as jest.Mock).mockResolvedValue(STORED);
  });

  it('adds a Twilio-compatible account and shows the result of its test', async () => {
    const { element, closed } = await create();
    type(element, { label: ' Main ', 'settings.accountSid': 'AC1', secret: 'token' });
    await save(element);
    expect(createCarrierAccount).toHaveBeenCalledWith({
      body: {
        kind: 'twilio',
        label: 'Main',
        settings: { accountSid: 'AC1', baseUrl: 'https://api.twilio.com' },
        secret: 'token',
        ratePerSecond: 10,
      },
    });
    expect(find(element, '.result')).not.toBeNull();
    expect(field(element, 'secret').value).toBe('');
    expect(field(element, 'secret').placeholder).toBe('c.Msg_Setup_Stored');
    find(element, '.close').click();
    expect(closed).toHaveBeenCalledWith(true);
  });

  it('adds an SMPP account', async () => {
    const { element } = await create();
    find(element, '.kind').dispatchEvent(new CustomEvent('change', { detail: { value: 'smpp' } }));
    await flush();
    type(element, { label: 'Bulk', 'settings.host': 'smsc.sample.test', 'settings.systemId': 'switch', secret: 'pw' });
    field(element, 'settings.tls').dispatchEvent(new CustomEvent('change', { detail: { checked: true } }));
    await save(element);
    expect((createCarrierAccount as jest.Mock).mock.calls[0][0].body).toEqual({
      kind: 'smpp',
      label: 'Bulk',
      settings: { host: 'smsc.sample.test', port: 2775, tls: true, systemId: 'switch', systemType: '' },
      secret: 'pw',
      ratePerSecond: 10,
      windowSize: 10,
    });
  });

  it('never shows a stored secret and leaves it alone unless a new one is entered', async () => {
    const { element } = await create(STORED);
    expect(field(element, 'secret').value).toBe('');
    expect(field(element, 'secret').placeholder).toBe('c.Msg_Setup_Stored');
    expect(field(element, 'secret').required).toBe(false);
    expect(find(element, '.kind')).toBeNull();
    await save(element);
    const { id, body } = (updateCarrierAccount as jest.Mock).mock.calls[0][0];
    expect(id).toBe('a1');
    expect(body).not.toHaveProperty('secret');
    expect(body.settings).toMatchObject({ host: 'smsc.sample.test', port: 2775, tls: true });
  });

  it('says what the carrier objected to and stays open to correct it', async () => {
    (createCarrierAccount as jest.Mock).mockRejectedValueOnce(problem([{ field: 'secret', message: 'Wrong token.' }]));
    const { element, closed } = await create();
    await save(element);
    expect(field(element, 'secret').setCustomValidity).toHaveBeenLastCalledWith('Wrong token.');
    expect(find(element, '.result')).toBeNull();
    expect(closed).not.toHaveBeenCalled();
    await save(element);
    expect(find(element, '.result')).not.toBeNull();
  });

  it('asks for the stored secret again where the account leads elsewhere, and keeps what was typed', async () => {
    const again = [{ field: 'secret', message: 'must be entered again' }];
    (updateCarrierAccount as jest.Mock).mockRejectedValueOnce(problem(again));
    const { element } = await create(STORED);
    type(element, { 'settings.host': 'other.sample.test' });
    await save(element);
    expect(field(element, 'secret').setCustomValidity).toHaveBeenLastCalledWith('Must be entered again.');
    expect(field(element, 'settings.host').value).toBe('other.sample.test');
    type(element, { secret: 'pw' });
    await save(element);
    expect((updateCarrierAccount as jest.Mock).mock.calls[1][0].body).toMatchObject({
      secret: 'pw',
      settings: { host: 'other.sample.test' },
    });
    expect(find(element, '.result')).not.toBeNull();
  });

  it('changes the account it has just added', async () => {
    const { element } = await create();
    await save(element);
    type(element, { label: 'Better name' });
    await flush();
    expect(find(element, '.result')).toBeNull();
    await save(element);
    expect(createCarrierAccount).toHaveBeenCalledTimes(1);
    expect((updateCarrierAccount as jest.Mock).mock.calls[0][0]).toMatchObject({ id: 'a9', body: { label: 'Better name' } });
  });

  it('keeps what was typed and puts the service’s errors at their fields', async () => {
    (createCarrierAccount as jest.Mock).mockRejectedValue(problem([{ field: 'settings.accountSid', message: 'Starts with AC' }]));
    const { element } = await create();
    type(element, { label: 'Main', 'settings.accountSid': 'XX' });
    await save(element);
    expect(field(element, 'settings.accountSid').setCustomValidity).toHaveBeenLastCalledWith('Starts with AC.');
    expect(field(element, 'settings.accountSid').value).toBe('XX');
    expect(find(element, 'c-core-error-panel')).toBeNull();
  });

  it('shows a refusal that concerns no field as a whole', async () => {
    (createCarrierAccount as jest.Mock).mockRejectedValue(new Error('refused'));
    const { element } = await create();
    await save(element);
    expect(find(element, 'c-core-error-panel').heading).toBe('c.Msg_Setup_Save_Failed');
  });

  it('closes without a change when cancelled', async () => {
    const { element, closed } = await create(STORED);
    find(element, '.close').click();
    expect(closed).toHaveBeenCalledWith(false);
  });

  it('is accessible', async () => {
    const { element } = await create();
    await expect(element).toBeAccessible();
  });
});
