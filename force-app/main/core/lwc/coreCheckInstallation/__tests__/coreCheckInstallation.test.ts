import { createElement } from 'lwc';
import runChecks from '@salesforce/apex/SetupController.runChecks';
import CoreCheckInstallation from 'c/coreCheckInstallation';
import { find, findAll, flush } from '../../coreSetup/__tests__/stage';
import type { Part } from '../../coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/SetupController.runChecks', () => ({ default: jest.fn() }), { virtual: true });

const CHECKS = [
  { id: 'credential', title: 'Credential', status: 'ok', detail: 'The key works.' },
  { id: 'events', title: 'Events', status: 'warning', detail: 'Nobody listened yet.', fix: 'Open the console.' },
  { id: 'permissions', title: 'Permissions', status: 'failed', detail: 'Message__c is closed.', fix: 'Assign Switchboard Integration.' },
];

function create() {
  const element = createElement('c-core-check-installation', { is: CoreCheckInstallation });
  document.body.appendChild(element);
  return element;
}
async function run(element: HTMLElement) {
  find(element, '.run').click();
  await flush();
}

describe('c-core-check-installation', () => {
  beforeEach(() => (runChecks as jest.Mock).mockResolvedValue({ items: CHECKS }));

  it('runs nothing by itself', async () => {
    const element = create();
    await flush();
    expect(runChecks).not.toHaveBeenCalled();
    expect(find(element, 'c-core-empty-state').heading).toBe('c.Setup_Not_Run_Heading');
  });

  it('shows the worst first, each with its fix', async () => {
    const element = create();
    await run(element);
    const items = findAll(element, '[data-check]');
    expect(items.map(({ dataset }) => dataset['check'])).toEqual(['permissions', 'events', 'credential']);
    expect(items[0]!.querySelector('.fix')!.textContent).toContain('Assign Switchboard Integration.');
    expect(items[2]!.querySelector('.fix')).toBeNull();
    expect(items[0]!.querySelector<Part>('lightning-icon').alternativeText).toBe('c.Setup_Check_Failed');
  });

  it('can be run again', async () => {
    const element = create();
    await run(element);
    expect(find(element, '.run').label).toBe('c.Setup_Run_Again');
    await run(element);
    expect(runChecks).toHaveBeenCalledTimes(2);
  });

  it('hands out a report as text', async () => {
    const element = create();
    await run(element);
    const report = find(element, 'c-core-copy-field').value.split('\n');
    expect(report).toContain('[c.Setup_Check_Failed] Permissions: Message__c is closed.');
    expect(report).toContain('    c.Setup_Fix Assign Switchboard Integration.');
  });

  it('shows why the checks could not run, and the way to the registration', async () => {
    (runChecks as jest.Mock).mockRejectedValueOnce(new Error('no key'));
    const element = create();
    await run(element);
    const gotopage = jest.fn();
    element.addEventListener('gotopage', gotopage);
    find(element, 'lightning-button:not(.run)').click();
    expect(gotopage.mock.calls[0][0].detail).toEqual({ page: 'start' });
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, '.summary')).not.toBeNull();
  });

  it('is accessible', async () => {
    const element = create();
    await run(element);
    await expect(element).toBeAccessible();
  });
});
