import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import connection from '@salesforce/apex/AcdController.connection';
import disconnect from '@salesforce/apex/AcdController.disconnect';
import directory from '@salesforce/apex/AcdController.directory';
import lookups from '@salesforce/apex/AcdController.lookups';
import phoneSystems from '@salesforce/apex/AcdController.phoneSystems';
import refreshDirectory from '@salesforce/apex/AcdController.refreshDirectory';
import removeLookup from '@salesforce/apex/AcdController.removeLookup';
import removePhoneSystem from '@salesforce/apex/AcdController.removePhoneSystem';
import rollPhoneSystemKey from '@salesforce/apex/AcdController.rollPhoneSystemKey';
import AcdKey from 'c/acdKey';
import AcdToken from 'c/acdToken';
import AcdLookupForm from 'c/acdLookupForm';
import { emptyDefinition } from 'c/acdModel';
import AcdPage from 'c/acdPage';
import AcdPhoneSystemForm from 'c/acdPhoneSystemForm';
import { find, flush, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.connection', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.disconnect', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.logSummary', () => ({ default: jest.fn(async () => ({ lookups: 0 })) }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.parkedCalls', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.directory', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.lookups', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.phoneSystems', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.refreshDirectory', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.removeLookup', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.removePhoneSystem', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.rollPhoneSystemKey', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.log', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });

const MAIN = {
  id: 'p1',
  pbxId: '47EC1B-B70D69-818AE6',
  name: 'Main',
  rules: { country: 'US' },
  tokenInUrl: false,
  createdAt: '2026-11-01T08:00:00Z',
};
const OWN = { id: 'l1', name: 'Support', isDefault: true, definition: emptyDefinition() };
const STATE = { kept: true, sweptAt: '2026-11-01T08:00:00Z', problem: null, mode: 'events', sources: [] };
const CONNECTION = {
  status: 'active',
  isOn: true,
  since: '2026-11-01T08:00:00Z',
  why: '',
  nextStep: '',
  holder: 'admin@example.com',
  orgId: '00DA0000000BhM2MAK',
  connectUrl: 'https://s.example/portal/connect',
};
const ORG = { orgId: '00DA0000000BhM2MAK', serviceUrl: 'https://s.example' };
const systemsOf = (element: HTMLElement) => find(element, 'c-acd-phone-systems');
const lookupsOf = (element: HTMLElement) => find(element, 'c-acd-lookups');

let saved: object;
const opened = (name: 'secret' | 'phoneSystem' | 'lookup') =>
  (AcdKey.open as jest.Mock).mock.calls.map(([props]) => props as Record<string, unknown>).filter((props) => name in props);

async function create() {
  const element = createElement('c-acd-page', { is: AcdPage }) as Part;
  document.body.appendChild(Object.assign(element, { org: ORG }));
  const toast = jest.fn();
  element.addEventListener(ShowToastEvent.eventName, (event) => toast((event as CustomEvent).detail));
  await flush();
  return { element, toast };
}
async function ask(child: HTMLElement, name: string, id?: string) {
  child.dispatchEvent(new CustomEvent(name, { detail: { id } }));
  await flush();
}

describe('c-acd-page', () => {
  beforeEach(() => {
    (phoneSystems as jest.Mock).mockResolvedValue({ items: [MAIN] });
    (lookups as jest.Mock).mockResolvedValue({ items: [OWN] });
    (connection as jest.Mock).mockResolvedValue(CONNECTION);
    (disconnect as jest.Mock).mockResolvedValue({});
    (directory as jest.Mock).mockResolvedValue(STATE);
    for (const command of [refreshDirectory, removeLookup, removePhoneSystem]) (command as jest.Mock).mockResolvedValue({});
    (rollPhoneSystemKey as jest.Mock).mockResolvedValue({ key: 'sb_acd_2' });
    saved = { ...MAIN, key: 'sb_acd_1' };
    // All dialogs share the stub's one `open`: what each is given tells which it is.
    const answer = async (props: object) => ('secret' in props ? undefined : 'lookup' in props ? OWN : saved);
    for (const dialog of [AcdPhoneSystemForm, AcdLookupForm, AcdKey, AcdToken]) jest.spyOn(dialog, 'open').mockImplementation(answer);
    jest.spyOn(LightningConfirm, 'open').mockResolvedValue(true);
  });

  it('shows phone systems, look-ups and the state of the directory', async () => {
    const { element } = await create();
    expect(systemsOf(element).phoneSystems).toEqual([MAIN]);
    expect(lookupsOf(element).lookups).toEqual([OWN]);
    expect(find(element, 'c-acd-directory').state).toEqual(STATE);
    expect(find(element, 'c-acd-try-it').phoneSystems).toEqual([MAIN]);
  });

  it('shows the connection, opens its sign-in, and ends it after a question', async () => {
    const { element } = await create();
    const card = find(element, 'c-acd-connection');
    expect(card.connection).toEqual(CONNECTION);
    const open = jest
      .spyOn(window, 'open')
      .mockReturnValueOnce({} as Window)
      .mockReturnValueOnce(null);
    await ask(card, 'connect');
    expect(open).toHaveBeenCalledWith(CONNECTION.connectUrl, 'switchboard-acd', expect.any(String));
    expect(find(element, 'c-core-error-panel')).toBeNull();
    await ask(card, 'connect');
    expect(find(element, 'c-core-error-panel').heading).toBe('c.Acd_Connect_Failed');
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    await ask(card, 'disconnect');
    expect(disconnect).not.toHaveBeenCalled();
    await ask(card, 'disconnect');
    expect(disconnect).toHaveBeenCalledTimes(1);
  });

  it('opens the tokens of a phone system', async () => {
    const { element } = await create();
    await ask(systemsOf(element), 'newtoken', 'p1');
    expect(opened('phoneSystem').at(-1)).toMatchObject({ phoneSystem: MAIN });
  });

  it('has nothing to try before there is a phone system', async () => {
    (phoneSystems as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = await create();
    expect(systemsOf(element)).not.toBeNull();
    for (const part of ['c-acd-try-it', 'c-acd-directory', 'c-acd-charts', 'c-acd-log']) expect(find(element, part)).toBeNull();
  });

  it('shows the key of a new phone system, and reads anew', async () => {
    const { element } = await create();
    await ask(systemsOf(element), 'addphonesystem');
    expect(opened('secret')[0]).toMatchObject({
      name: 'Main',
      secret: 'sb_acd_1',
      pbxId: MAIN.pbxId,
      orgId: ORG.orgId,
      serviceUrl: ORG.serviceUrl,
    });
    expect(phoneSystems).toHaveBeenCalledTimes(2);
  });

  it('opens one to change it, and shows no key then', async () => {
    saved = MAIN;
    const { element } = await create();
    await ask(systemsOf(element), 'editphonesystem', 'p1');
    expect(opened('phoneSystem')[0]!['phoneSystem']).toEqual(MAIN);
    expect(opened('secret')).toEqual([]);
  });

  it('replaces a key only when the admin agrees', async () => {
    const { element } = await create();
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    await ask(systemsOf(element), 'rollkey', 'p1');
    expect(rollPhoneSystemKey).not.toHaveBeenCalled();
    await ask(systemsOf(element), 'rollkey', 'p1');
    expect(rollPhoneSystemKey).toHaveBeenCalledWith({ id: 'p1' });
    expect(opened('secret')[0]!['secret']).toBe('sb_acd_2');
  });

  it.each([
    ['removephonesystem', 'p1', removePhoneSystem, systemsOf],
    ['removelookup', 'l1', removeLookup, lookupsOf],
  ])('does %s after a question, and says so', async (name, id, command, list) => {
    const { element, toast } = await create();
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    await ask(list(element), name, id);
    expect(command).not.toHaveBeenCalled();
    await ask(list(element), name, id);
    expect(command).toHaveBeenCalledWith({ id });
    expect(toast).toHaveBeenCalledWith(expect.objectContaining({ variant: 'success' }));
  });

  it('opens look-ups', async () => {
    const { element, toast } = await create();
    await ask(lookupsOf(element), 'addlookup');
    await ask(lookupsOf(element), 'editlookup', 'l1');
    expect(opened('lookup').map(({ lookup }) => lookup)).toEqual([undefined, OWN]);
    expect(toast).toHaveBeenCalledTimes(2);
  });

  it('reads the org when asked to, and shows what failed', async () => {
    (refreshDirectory as jest.Mock).mockRejectedValueOnce(new Error('away'));
    const { element } = await create();
    await ask(find(element, 'c-acd-directory'), 'refreshdirectory');
    expect(find(element, 'c-core-error-panel').error.message).toBe('away');
    await ask(find(element, 'c-acd-directory'), 'refreshdirectory');
    expect(find(element, 'c-core-error-panel')).toBeNull();
  });

  it('offers to try again when it could not be loaded', async () => {
    (phoneSystems as jest.Mock).mockRejectedValueOnce(new Error('away'));
    const { element } = await create();
    const panel = find(element, 'c-core-error-panel');
    expect(panel.error.message).toBe('away');
    panel.dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(systemsOf(element)).not.toBeNull();
  });

  it('is accessible', async () => {
    const { element } = await create();
    for (const list of [systemsOf(element), lookupsOf(element)]) takeStubNames(list);
    await expect(element).toBeAccessible();
  });
});
