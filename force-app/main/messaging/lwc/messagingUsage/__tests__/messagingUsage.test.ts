import { createElement } from 'lwc';
import MessagingUsage from 'c/messagingUsage';
import { find } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/label/c.Msg_Setup_Usage', () => ({ default: '{0} of {1} ({2} %)' }), { virtual: true });

function create(usage: object | null) {
  const element = createElement('c-messaging-usage', { is: MessagingUsage });
  Object.assign(element, { label: 'API calls', usage });
  document.body.appendChild(element);
  return element;
}

describe('c-messaging-usage', () => {
  it('shows what is spent beside what it could be', () => {
    const element = create({ used: 1500, max: 15000, at: '2026-11-22T08:00:00Z' });
    expect(find(element, '.usage').textContent.trim()).toBe('1,500 of 15,000 (10 %)');
    expect(find(element, '[role="progressbar"]').ariaValueNow).toBe('10');
    expect(find(element, '.high')).toBeNull();
  });

  it('does not call a little nothing', () => {
    expect(find(create({ used: 51, max: 100000, at: '2026-11-22T08:00:00Z' }), '.usage').textContent.trim()).toBe('51 of 100,000 (< 1 %)');
  });

  it('warns when little is left', () => {
    expect(find(create({ used: 14000, max: 15000, at: '2026-11-22T08:00:00Z' }), '.high')).not.toBeNull();
  });

  it('says that it is not known yet', () => {
    const element = create(null);
    expect(find(element, '.unknown')).not.toBeNull();
    expect(find(element, '[role="progressbar"]')).toBeNull();
  });

  it('is accessible', async () => {
    await expect(create({ used: 1, max: 2, at: '2026-11-22T08:00:00Z' })).toBeAccessible();
  });
});
