import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import carrierAccounts from '@salesforce/apex/MessagingSetupController.carrierAccounts';
import numbers from '@salesforce/apex/MessagingSetupController.numbers';
import removeCarrierAccount from '@salesforce/apex/MessagingSetupController.removeCarrierAccount';
import removeNumber from '@salesforce/apex/MessagingSetupController.removeNumber';
import testCarrierAccount from '@salesforce/apex/MessagingSetupController.testCarrierAccount';
import updateNumber from '@salesforce/apex/MessagingSetupController.updateNumber';
import MessagingCarrierForm from 'c/messagingCarrierForm';
import MessagingNumberForm from 'c/messagingNumberForm';
import MessagingNumbersPage from 'c/messagingNumbersPage';
import { find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.carrierAccounts', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.numbers', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.removeCarrierAccount', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Setup_Account_Used_Text', () => ({ default: 'In use by {0}.' }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.removeNumber', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.testCarrierAccount', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.updateNumber', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.phoneFields', () => ({ default: jest.fn(async () => ({ objects: [] })) }), {
  virtual: true,
});

const ACCOUNT = {
  id: 'a1',
  kind: 'smpp',
  label: 'Bulk',
  settings: {},
  ratePerSecond: 10,
  windowSize: 10,
  state: 'connected',
  stateText: 'Bound.',
  stateSince: '2026-11-01T08:00:00Z',
};
const NUMBER = {
  id: 'n1',
  number: '+14155550100',
  kind: 'phone',
  label: 'Sales',
  accountId: 'a1',
  accountLabel: 'Bulk',
  country: 'US',
  isDefault: false,
  users: [],
};
const accountsOf = (element: HTMLElement) => find(element, 'c-messaging-carrier-accounts');
const numbersOf = (element: HTMLElement) => find(element, 'c-messaging-numbers');

async function create() {
  const element = createElement('c-messaging-numbers-page', { is: MessagingNumbersPage });
  document.body.appendChild(element);
  const toast = jest.fn();
  element.addEventListener(ShowToastEvent.eventName, (event) => toast((event as CustomEvent).detail));
  await flush();
  return { element, toast };
}
async function ask(child: HTMLElement, name: string, id?: string) {
  child.dispatchEvent(new CustomEvent(name, { detail: { id } }));
  await flush();
}

describe('c-messaging-numbers-page', () => {
  beforeEach(() => {
    (carrierAccounts as jest.Mock).mockResolvedValue({ items: [ACCOUNT] });
    (numbers as jest.Mock).mockResolvedValue({ items: [NUMBER] });
    jest.spyOn(MessagingCarrierForm, 'open').mockResolvedValue(true);
    jest.spyOn(MessagingNumberForm, 'open').mockResolvedValue(NUMBER);
  });

  it('shows accounts and numbers', async () => {
    const { element } = await create();
    expect(accountsOf(element).accounts).toEqual([ACCOUNT]);
    expect(numbersOf(element).numbers).toEqual([NUMBER]);
    expect(numbersOf(element).canAdd).toBe(true);
  });

  it('lets no number be added before there is an account', async () => {
    (carrierAccounts as jest.Mock).mockResolvedValue({ items: [] });
    (numbers as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = await create();
    expect(numbersOf(element).canAdd).toBe(false);
  });

  it('opens the account dialog, empty or filled, and reads again', async () => {
    const { element } = await create();
    await ask(accountsOf(element), 'addaccount');
    await ask(accountsOf(element), 'editaccount', 'a1');
    const [added, edited] = (MessagingCarrierForm.open as jest.Mock).mock.calls.map(([options]) => options.account);
    expect(added).toBeUndefined();
    expect(edited).toEqual(ACCOUNT);
    expect(carrierAccounts).toHaveBeenCalledTimes(3);
  });

  it('opens the number dialog with the accounts to choose from', async () => {
    const { element } = await create();
    await ask(numbersOf(element), 'editnumber', 'n1');
    expect((MessagingNumberForm.open as jest.Mock).mock.calls[0][0]).toMatchObject({ number: NUMBER, accounts: [ACCOUNT], isFirst: false });
  });

  it('says that a number was saved, and reads again', async () => {
    const { element, toast } = await create();
    await ask(numbersOf(element), 'addnumber');
    expect(toast.mock.calls[0][0]).toMatchObject({ variant: 'success', title: 'c.Msg_Setup_Saved' });
    expect(numbers).toHaveBeenCalledTimes(2);
  });

  it('changes nothing when the number dialog is cancelled', async () => {
    jest.spyOn(MessagingNumberForm, 'open').mockResolvedValue(undefined);
    const { element, toast } = await create();
    await ask(numbersOf(element), 'addnumber');
    expect(toast).not.toHaveBeenCalled();
    expect(numbers).toHaveBeenCalledTimes(1);
  });

  it('reports a test of an account', async () => {
    (testCarrierAccount as jest.Mock).mockResolvedValue({ ...ACCOUNT, state: 'failed', stateText: 'Wrong password.' });
    const { element, toast } = await create();
    await ask(accountsOf(element), 'testaccount', 'a1');
    expect(toast.mock.calls[0][0]).toMatchObject({ variant: 'error', message: 'Wrong password.', mode: 'sticky' });
  });

  it('names the numbers of an account that cannot be removed yet, and asks for no confirmation', async () => {
    const { element } = await create();
    (LightningConfirm.open as jest.Mock).mockClear();
    await ask(accountsOf(element), 'removeaccount', 'a1');
    expect(LightningConfirm.open).not.toHaveBeenCalled();
    expect(removeCarrierAccount).not.toHaveBeenCalled();
    expect(find(element, 'c-core-error-panel')).toMatchObject({
      heading: 'c.Msg_Setup_Account_Used',
      error: expect.objectContaining({ message: 'In use by +1 415 555 0100.' }),
    });
  });

  it('removes an account only after a confirmation', async () => {
    (numbers as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = await create();
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    await ask(accountsOf(element), 'removeaccount', 'a1');
    expect(removeCarrierAccount).not.toHaveBeenCalled();
    await ask(accountsOf(element), 'removeaccount', 'a1');
    expect(removeCarrierAccount).toHaveBeenCalledWith({ id: 'a1' });
  });

  it('shows why a removal was refused', async () => {
    (numbers as jest.Mock).mockResolvedValue({ items: [{ ...NUMBER, accountId: 'a2' }] });
    (removeCarrierAccount as jest.Mock).mockRejectedValueOnce(new Error('numbers in use'));
    const { element } = await create();
    await ask(accountsOf(element), 'removeaccount', 'a1');
    expect(find(element, 'c-core-error-panel').error.message).toBe('numbers in use');
    expect(accountsOf(element).accounts).toEqual([ACCOUNT]);
  });

  it('makes a number the default and removes one', async () => {
    const { element } = await create();
    await ask(numbersOf(element), 'makedefault', 'n1');
    expect(updateNumber).toHaveBeenCalledWith({ id: 'n1', body: { isDefault: true } });
    await ask(numbersOf(element), 'removenumber', 'n1');
    expect(removeNumber).toHaveBeenCalledWith({ id: 'n1' });
  });

  it('shows a failed first read and repeats it', async () => {
    (numbers as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const { element } = await create();
    expect(accountsOf(element)).toBeNull();
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(accountsOf(element).accounts).toEqual([ACCOUNT]);
  });

  it('is accessible', async () => {
    (carrierAccounts as jest.Mock).mockResolvedValue({ items: [] });
    (numbers as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = await create();
    await expect(element).toBeAccessible();
  });
});
