import { createElement } from 'lwc';
import getOrg from '@salesforce/apex/SetupController.getOrg';
import serviceEndpoint from '@salesforce/apex/SetupController.serviceEndpoint';
import CoreRegister from 'c/coreRegister';
import { find } from '../../coreSetup/__tests__/stage';
import type { Wire } from '../../coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/SetupController.getOrg', () => ({ default: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/SetupController.serviceEndpoint',
  () => ({ default: require('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const notRegistered = { body: { message: JSON.stringify({ code: 'not_registered', title: 'T', detail: 'D' }) } };

function create(endpoint = 'https://service.sample.test') {
  const element = createElement('c-core-register', { is: CoreRegister });
  document.body.appendChild(element);
  (serviceEndpoint as unknown as Wire).emit([{ Endpoint: endpoint }]);
  return element;
}

describe('c-core-register', () => {
  let open: jest.SpyInstance;

  beforeEach(() => {
    jest.useFakeTimers();
    open = jest.spyOn(window, 'open').mockReturnValue({} as Window);
    (getOrg as jest.Mock).mockRejectedValue(notRegistered);
  });
  afterEach(() => {
    open.mockRestore();
    jest.useRealTimers();
  });

  async function press(element: HTMLElement, selector: string): Promise<void> {
    find(element, selector).click();
    await jest.advanceTimersByTimeAsync(0);
  }

  it('opens the sign-in of the service with the chosen login and the way back', async () => {
    const element = create();
    find(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value: 'sandbox' } }));
    await press(element, '.register');
    const url = new URL(open.mock.calls[0][0]);
    expect(url.origin + url.pathname).toBe('https://service.sample.test/connect/register');
    expect(url.searchParams.get('login')).toBe('sandbox');
    expect(url.searchParams.get('return')).toBe(window.location.href);
    expect(find(element, '.waiting')).not.toBeNull();
  });

  it('says that it is registered as soon as the org answers', async () => {
    const element = create();
    const registered = jest.fn();
    element.addEventListener('registered', registered);
    await press(element, '.register');
    await jest.advanceTimersByTimeAsync(4_000);
    expect(registered).not.toHaveBeenCalled();
    (getOrg as jest.Mock).mockResolvedValue({ orgId: '00D' });
    await jest.advanceTimersByTimeAsync(4_000);
    expect(registered).toHaveBeenCalledTimes(1);
    expect(find(element, '.waiting')).toBeNull();
  });

  it('waits for a main user where the org had lost its last one', async () => {
    const element = create();
    (element as unknown as { untilMain: boolean }).untilMain = true;
    const registered = jest.fn();
    element.addEventListener('registered', registered);
    (getOrg as jest.Mock).mockResolvedValue({ orgId: '00D', main: null });
    await press(element, '.register');
    await jest.advanceTimersByTimeAsync(4_000);
    expect(registered).not.toHaveBeenCalled();
    (getOrg as jest.Mock).mockResolvedValue({ orgId: '00D', main: { username: 'ada' } });
    await jest.advanceTimersByTimeAsync(4_000);
    expect(registered).toHaveBeenCalledTimes(1);
  });

  it('explains after half a minute why nothing may have come back', async () => {
    const element = create();
    await press(element, '.register');
    expect(find(element, '.help')).toBeNull();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(find(element, '.help').textContent).toContain('c.Setup_Help_App');
    expect(find(element, '.sign-in-link').href).toContain('/connect/register');
  });

  it('offers a link and Refresh where the browser blocks the window', async () => {
    open.mockReturnValue(null);
    const element = create();
    await press(element, '.register');
    expect(find(element, '.waiting').textContent).toContain('c.Setup_Pop_Up_Blocked');
    const before = (getOrg as jest.Mock).mock.calls.length;
    await press(element, '.refresh');
    expect((getOrg as jest.Mock).mock.calls.length).toBe(before + 1);
  });

  it('shows a fault that has nothing to do with the registration', async () => {
    (getOrg as jest.Mock).mockRejectedValue(new Error('service down'));
    const element = create();
    await press(element, '.register');
    await press(element, '.refresh');
    expect(find(element, 'c-core-error-panel').error.message).toBe('service down');
    expect(find(element, '.waiting')).not.toBeNull();
  });

  it('asks for the address of the service while nobody entered it', async () => {
    const element = create('https://switchboard.example.com');
    await press(element, '.register');
    expect(open).not.toHaveBeenCalled();
    expect(find(element, 'c-core-error-panel').error.message).toBe('c.Setup_No_Endpoint');
  });

  it('wants a real My Domain address', async () => {
    const element = create();
    find(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value: 'domain' } }));
    await jest.advanceTimersByTimeAsync(0);
    const input = find(element, 'lightning-input');
    let message = '';
    input.setCustomValidity = (text: string) => {
      message = text;
    };
    input.reportValidity = () => message === '';
    input.dispatchEvent(new CustomEvent('change', { detail: { value: 'https://evil.example' } }));
    await press(element, '.register');
    expect(open).not.toHaveBeenCalled();
    input.dispatchEvent(new CustomEvent('change', { detail: { value: 'sample--dev.sandbox.my.salesforce.com' } }));
    await press(element, '.register');
    expect(new URL(open.mock.calls[0][0]).searchParams.get('login')).toBe('sample--dev.sandbox.my.salesforce.com');
  });

  it('starts over and stops asking', async () => {
    const element = create();
    await press(element, '.register');
    await press(element, '.start-over');
    const before = (getOrg as jest.Mock).mock.calls.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect((getOrg as jest.Mock).mock.calls.length).toBe(before);
    expect(find(element, '.register')).not.toBeNull();
  });

  it('is accessible', async () => {
    jest.useRealTimers();
    await expect(create()).toBeAccessible();
  });
});
