import { createElement } from 'lwc';
import phoneFields from '@salesforce/apex/MessagingSetupController.phoneFields';
import savePhoneFields from '@salesforce/apex/MessagingSetupController.savePhoneFields';
import MessagingPhoneFields from 'c/messagingPhoneFields';
import { find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.phoneFields', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.savePhoneFields', () => ({ default: jest.fn() }), { virtual: true });

const OBJECTS = [
  {
    object: 'Contact',
    label: 'Contact',
    fields: [
      { name: 'Phone', label: 'Business Phone', selected: true },
      { name: 'MobilePhone', label: 'Mobile', selected: false },
    ],
  },
  { object: 'Lead', label: 'Lead', fields: [{ name: 'Phone', label: 'Phone', selected: true }] },
];

async function create() {
  const element = createElement('c-messaging-phone-fields', { is: MessagingPhoneFields });
  document.body.appendChild(element);
  await flush();
  return element;
}
async function choose(element: HTMLElement, object: string, value: string[]) {
  find(element, `[data-object="${object}"]`).dispatchEvent(new CustomEvent('change', { detail: { value } }));
  await flush();
}

describe('c-messaging-phone-fields', () => {
  beforeEach(() => (phoneFields as jest.Mock).mockResolvedValue({ objects: OBJECTS }));

  it('shows each object with its chosen fields', async () => {
    const element = await create();
    expect(find(element, '[data-object="Contact"]').value).toEqual(['Phone']);
    expect(find(element, '[data-object="Lead"]').options).toEqual([{ label: 'Phone', value: 'Phone' }]);
    expect(find(element, '.save').disabled).toBe(true);
  });

  it('saves all objects, in the order of the fields', async () => {
    const element = await create();
    await choose(element, 'Contact', ['MobilePhone', 'Phone']);
    find(element, '.save').click();
    await flush();
    expect(savePhoneFields).toHaveBeenCalledWith({
      body: {
        objects: [
          { object: 'Contact', fields: ['Phone', 'MobilePhone'] },
          { object: 'Lead', fields: ['Phone'] },
        ],
      },
    });
    expect(find(element, '.save').disabled).toBe(true);
  });

  it('takes changes back', async () => {
    const element = await create();
    await choose(element, 'Lead', []);
    expect(find(element, '.reset').disabled).toBe(false);
    find(element, '.reset').click();
    await flush();
    expect(find(element, '[data-object="Lead"]').value).toEqual(['Phone']);
  });

  it('keeps the choice when saving fails', async () => {
    (savePhoneFields as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const element = await create();
    await choose(element, 'Contact', []);
    find(element, '.save').click();
    await flush();
    expect(find(element, '[data-object="Contact"]').value).toEqual([]);
    expect(find(element, 'c-core-error-panel').error.message).toBe('down');
    expect(find(element, '.save').disabled).toBe(false);
  });

  it('shows a failed read and repeats it', async () => {
    (phoneFields as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const element = await create();
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, '[data-object="Contact"]')).not.toBeNull();
  });

  it('says when there is no field', async () => {
    (phoneFields as jest.Mock).mockResolvedValue({ objects: [] });
    expect(find(await create(), 'c-core-empty-state').heading).toBe('c.Msg_Setup_No_Phone_Field');
  });

  it('is accessible', async () => {
    await expect(await create()).toBeAccessible();
  });
});
