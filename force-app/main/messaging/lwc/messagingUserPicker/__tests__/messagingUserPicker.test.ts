import { createElement } from 'lwc';
import users from '@salesforce/apex/UserSearch.users';
import MessagingUserPicker from 'c/messagingUserPicker';
import { find, findAll, texts } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part, Wire } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock(
  '@salesforce/apex/UserSearch.users',
  () => ({ default: require('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const ADA = { Id: '0051', Name: 'Ada', Username: 'ada@sample.test' };
const BOB = { Id: '0052', Name: 'Bob', Username: 'bob@sample.test' };
const search = users as unknown as Wire;

function create(value: string[] = []) {
  const element = createElement('c-messaging-user-picker', { is: MessagingUserPicker }) as Part;
  Object.assign(element, { value, label: 'Find users' });
  document.body.appendChild(element);
  const change = jest.fn();
  element.addEventListener('userschange', (event: CustomEvent) => change(event.detail.value));
  return { element, change };
}
async function type(element: HTMLElement, term: string) {
  find(element, '.search').dispatchEvent(new CustomEvent('change', { detail: { value: term } }));
  await jest.advanceTimersByTimeAsync(400);
}

describe('c-messaging-user-picker', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('searches by part of the name, taking wildcards literally', async () => {
    const { element } = create();
    await type(element, '50%');
    expect(search.getLastConfig()).toEqual({ term: '%50\\%%' });
  });

  it('offers what was found but not yet chosen', async () => {
    const { element, change } = create(['0051']);
    await type(element, 'a b');
    search.emit([ADA, BOB]);
    await jest.advanceTimersByTimeAsync(0);
    const rows = findAll(element, '.results li');
    expect(rows).toHaveLength(1);
    find(element, '.results lightning-button').click();
    expect(change).toHaveBeenCalledWith(['0051', '0052']);
  });

  it('shows chosen users by name and takes them away', async () => {
    const { element, change } = create(['0051', '0059']);
    search.emit([ADA]);
    await jest.advanceTimersByTimeAsync(0);
    expect(texts(element, '.chosen .slds-pill__label')).toEqual(['Ada', 'c.Msg_Setup_User_By_Id']);
    find(element, '[data-id="0051"]').click();
    expect(change).toHaveBeenCalledWith(['0059']);
    await jest.advanceTimersByTimeAsync(0);
    expect(find(element, '[role="status"]').textContent).toBe('c.Msg_Setup_User_Removed');
  });

  it('says that nobody was found', async () => {
    const { element } = create();
    await type(element, 'zz');
    search.emit([]);
    await jest.advanceTimersByTimeAsync(0);
    expect(find(element, '.none')).not.toBeNull();
  });

  it('shows a failed search', async () => {
    const { element } = create();
    await type(element, 'ada');
    search.error({ message: 'down' });
    await jest.advanceTimersByTimeAsync(0);
    expect(find(element, 'c-core-error-panel')).not.toBeNull();
  });

  it('is accessible', async () => {
    const { element } = create(['0051']);
    search.emit([ADA]);
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });
});
