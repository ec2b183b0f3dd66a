import { createElement } from 'lwc';
import AcdConnection from 'c/acdConnection';
import type { AcdConnectionState } from 'c/acdModel';

type Found = HTMLElement & Record<string, unknown>;
const state = (more: Partial<AcdConnectionState> = {}): AcdConnectionState => ({
  status: 'active',
  isOn: true,
  since: '2026-11-29T10:00:00Z',
  why: '',
  nextStep: '',
  holder: 'admin@example.com',
  orgId: '00D000000000001AAA',
  connectUrl: 'https://service.example.com/portal/connect',
  ...more,
});

async function show(connection: AcdConnectionState) {
  const element = createElement('c-acd-connection', { is: AcdConnection });
  Object.assign(element, { connection });
  document.body.append(element);
  await Promise.resolve();
  return { element, find: (selector: string) => element.shadowRoot!.querySelector<Found>(selector)! };
}

afterEach(() => document.body.replaceChildren());

describe('c-acd-connection', () => {
  it('says that it works, since when and in whose name, and gives the Org Id to copy', async () => {
    const { element, find } = await show(state());
    expect(find('.slds-badge').textContent).toBe('c.Acd_Connection_Active');
    expect(find('.slds-badge').className).toContain('slds-theme_success');
    expect(find('.since')).not.toBeNull();
    expect(find('.why')).toBeNull();
    expect(find('c-core-copy-field')['value']).toBe('00D000000000001AAA');
    expect(find('.connect')['label']).toBe('c.Acd_Refresh_Connection');
    await expect(element).toBeAccessible();
  });

  it.each([
    ['standby', 'c.Acd_Connection_Standby', 'slds-theme_warning'],
    ['inactive', 'c.Acd_Connection_Inactive', 'slds-theme_error'],
  ] as const)('%s: says why and what to do', async (status, text, theme) => {
    const { element, find } = await show(state({ status, why: 'The password was changed.', nextStep: 'Press Refresh connection.' }));
    expect(find('.slds-badge').textContent).toBe(text);
    expect(find('.slds-badge').className).toContain(theme);
    expect([find('.why').textContent, find('.next').textContent]).toEqual(['The password was changed.', 'Press Refresh connection.']);
    expect(find('.connect')['variant']).toBe('brand');
    await expect(element).toBeAccessible();
  });

  it('that never began can be begun, and not ended', async () => {
    const { element, find } = await show(state({ status: 'inactive', isOn: false, holder: '', since: null }));
    const connect = jest.fn();
    element.addEventListener('connect', connect);
    expect(find('.disconnect')).toBeNull();
    expect(find('.holder')).toBeNull();
    expect(find('.connect')['label']).toBe('c.Acd_Connect');
    find('.connect').click();
    expect(connect).toHaveBeenCalledTimes(1);
  });

  it('asks to be ended', async () => {
    const { element, find } = await show(state());
    const disconnect = jest.fn();
    element.addEventListener('disconnect', disconnect);
    find('.disconnect').click();
    expect(disconnect).toHaveBeenCalledTimes(1);
  });
});
