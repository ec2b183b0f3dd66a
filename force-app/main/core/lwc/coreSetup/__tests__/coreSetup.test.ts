import { createElement } from 'lwc';
import { CurrentPageReference, lastNavigation } from 'lightning/navigation';
import getOrg from '@salesforce/apex/SetupController.getOrg';
import listConnections from '@salesforce/apex/ConnectionsController.listConnections';
import CoreSetup from 'c/coreSetup';
import { find, flush, takeStubNames } from './stage';

jest.mock('@salesforce/apex/SetupController.getOrg', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.listConnections', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionsController.events', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });
jest.mock('@salesforce/apex/SetupController.runChecks', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.carrierAccounts', () => ({ default: jest.fn(async () => ({ items: [] })) }), {
  virtual: true,
});
jest.mock('@salesforce/apex/MessagingSetupController.numbers', () => ({ default: jest.fn(async () => ({ items: [] })) }), {
  virtual: true,
});

const ORG = {
  orgId: '00D000000000001AAA',
  name: 'Sample Ltd',
  loginHost: 'login.salesforce.com',
  registeredAt: '2026-11-01T08:00:00Z',
  connectionMode: true,
  hold: null,
  main: { username: 'ada@sample.test' },
  notifyEmails: [],
  serviceUrl: 'https://service.sample.test',
};
const ADA = {
  id: 'c1',
  username: 'ada@sample.test',
  name: 'Ada',
  role: 'main',
  position: 0,
  status: 'connected',
  since: '2026-11-01T08:00:00Z',
};

const problem = (code: string) => ({ body: { message: JSON.stringify({ code, title: 'Title', detail: 'Detail', status: 400 }) } });

function create() {
  const element = createElement('c-core-setup', { is: CoreSetup });
  document.body.appendChild(element);
  return element;
}

describe('c-core-setup', () => {
  beforeEach(() => {
    (getOrg as jest.Mock).mockResolvedValue(ORG);
    (listConnections as jest.Mock).mockResolvedValue({ items: [ADA] });
  });

  it('shows a placeholder until the first answer', () => {
    const element = create();
    expect(find(element, 'c-core-stencil')).not.toBeNull();
    expect(find(element, 'c-core-get-started')).toBeNull();
  });

  it('opens on Get started with the org and its users', async () => {
    const element = create();
    await flush();
    expect(find(element, 'c-core-get-started').org).toEqual(ORG);
    expect(find(element, 'c-core-get-started').connections).toEqual([ADA]);
    expect(find(element, 'c-core-setup-banner').banners).toEqual([]);
  });

  it('opens the page that the address names', async () => {
    const element = create();
    CurrentPageReference.emit({ type: 'standard__navItemPage', attributes: { apiName: 'Switchboard_Setup' }, state: { c__page: 'users' } });
    await flush();
    expect(find(element, 'c-connections-page').connections).toEqual([ADA]);
    expect(find(element, 'lightning-vertical-navigation').selectedItem).toBe('users');
  });

  it('writes the chosen page into the address and keeps the rest of it', async () => {
    const element = create();
    CurrentPageReference.emit({ type: 'standard__navItemPage', attributes: { apiName: 'Switchboard_Setup' }, state: { c__other: '1' } });
    await flush();
    find(element, 'lightning-vertical-navigation').dispatchEvent(new CustomEvent('select', { detail: { name: 'check' } }));
    await flush();
    expect(find(element, 'c-core-check-installation')).not.toBeNull();
    expect(lastNavigation().page).toEqual({
      type: 'standard__navItemPage',
      attributes: { apiName: 'Switchboard_Setup' },
      state: { c__other: '1', c__page: 'check' },
    });
  });

  it('moves the focus to the page that a banner leads to', async () => {
    (listConnections as jest.Mock).mockResolvedValue({ items: [{ ...ADA, status: 'disconnected' }] });
    const element = create();
    await flush();
    const banner = find(element, 'c-core-setup-banner');
    expect(banner.banners[0].key).toBe('down');
    banner.dispatchEvent(new CustomEvent('gotopage', { detail: { page: 'users' }, bubbles: true, composed: true }));
    await flush();
    expect(find(element, 'c-connections-page')).not.toBeNull();
    expect(element.shadowRoot!.activeElement).toBe(find(element, '.page'));
  });

  it('takes the focus to the page in view when the banner points there', async () => {
    (getOrg as jest.Mock).mockRejectedValue(problem('not_registered'));
    const element = create();
    await flush();
    find(element, 'c-core-setup-banner').dispatchEvent(new CustomEvent('gotopage', { detail: { page: 'start' }, bubbles: true }));
    expect(element.shadowRoot!.activeElement).toBe(find(element, '.page'));
    expect(lastNavigation()).toBeUndefined();
  });

  it('offers registering on pages that need it, and never asks for users of an unknown org', async () => {
    (getOrg as jest.Mock).mockRejectedValue(problem('not_registered'));
    const element = create();
    CurrentPageReference.emit({ type: 'standard__navItemPage', attributes: {}, state: { c__page: 'health' } });
    await flush();
    expect(find(element, 'c-messaging-health')).toBeNull();
    find(element, 'c-core-empty-state lightning-button').click();
    await flush();
    expect(find(element, 'c-core-get-started').registration).toBe('unregistered');
    expect(listConnections).not.toHaveBeenCalled();
  });

  it('tells a refreshed sandbox to register anew', async () => {
    (getOrg as jest.Mock).mockRejectedValue(problem('org_mismatch'));
    const element = create();
    await flush();
    expect(find(element, 'c-core-setup-banner').banners[0].key).toBe('mismatch');
    expect(find(element, 'c-core-get-started').registration).toBe('mismatch');
  });

  it('shows why nothing could be read, and reads again on request', async () => {
    (getOrg as jest.Mock).mockRejectedValueOnce(problem('missing_permission'));
    const element = create();
    await flush();
    const panel = find(element, 'c-core-error-panel');
    expect(panel.error).toEqual(problem('missing_permission'));
    panel.dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, 'c-core-get-started')).not.toBeNull();
  });

  it('keeps the last known state when the service falls silent later', async () => {
    const element = create();
    await flush();
    (getOrg as jest.Mock).mockRejectedValue(problem('service_unreachable'));
    find(element, 'c-core-get-started').dispatchEvent(new CustomEvent('refresh'));
    await flush();
    expect(find(element, 'c-core-get-started').org).toEqual(ORG);
    expect(find(element, 'c-core-setup-banner').banners[0].key).toBe('stale');
  });

  it('is accessible', async () => {
    const element = create();
    await flush();
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});
