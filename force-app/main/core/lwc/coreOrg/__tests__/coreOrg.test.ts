import { goToPage, registrationOf, toSetupPage } from 'c/coreOrg';

const problem = (code: string) => ({ body: { message: JSON.stringify({ code, title: 'T', detail: 'D' }) } });

describe('c/coreOrg', () => {
  it('reads the page from the address and falls back to the first', () => {
    expect(toSetupPage('health')).toBe('health');
    expect(toSetupPage('elsewhere')).toBe('start');
    expect(toSetupPage(undefined)).toBe('start');
  });

  it('tells what a failed call says about the registration', () => {
    expect(registrationOf(problem('not_registered'))).toBe('unregistered');
    expect(registrationOf(problem('org_mismatch'))).toBe('mismatch');
    expect(registrationOf(problem('service_unreachable'))).toBeUndefined();
    expect(registrationOf(new Error('x'))).toBeUndefined();
  });

  it('asks for a page across shadow roots', () => {
    const dispatchEvent = jest.fn();
    goToPage({ dispatchEvent }, 'users');
    expect(dispatchEvent.mock.calls[0][0]).toMatchObject({ type: 'gotopage', bubbles: true, composed: true, detail: { page: 'users' } });
  });
});
