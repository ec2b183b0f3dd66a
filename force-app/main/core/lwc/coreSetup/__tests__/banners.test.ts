import { bannersOf } from '../banners';

const org = {
  orgId: '00D000000000001AAA',
  name: 'Sample',
  loginHost: 'login.salesforce.com',
  registeredAt: '2026-11-01T08:00:00Z',
  connectionMode: true,
  hold: null,
  main: { username: 'ada@sample.test' },
  notifyEmails: [],
  serviceUrl: 'https://service.sample.test',
};
const user = (id: string, status: 'requested' | 'connected' | 'disconnected', role: 'main' | 'standby' = 'standby') => ({
  id,
  username: `${id}@sample.test`,
  name: id,
  role,
  position: 1,
  status,
  since: '2026-11-01T08:00:00Z',
});
const hold = {
  reason: 'api_limit',
  detail: 'The daily limit of API calls is used up.',
  since: '2026-11-20T10:00:00Z',
  retryAt: '2026-11-20T11:00:00Z',
};
const keys = (overview: Parameters<typeof bannersOf>[0]) => bannersOf(overview).map(({ key }) => key);

describe('banners of the setup tab', () => {
  it('says nothing while a main user and a standby work', () => {
    const connections = [user('ada', 'connected', 'main'), user('bob', 'connected')];
    expect(keys({ registration: 'registered', org, connections })).toEqual([]);
  });

  it('does not scold a new org for its single user', () => {
    expect(keys({ registration: 'registered', org, connections: [user('ada', 'connected', 'main'), user('bob', 'requested')] })).toEqual(
      [],
    );
  });

  it('warns when the last spare is in use', () => {
    const [banner] = bannersOf({
      registration: 'registered',
      org,
      connections: [user('ada', 'disconnected'), user('bob', 'connected', 'main')],
    });
    expect(banner).toMatchObject({ key: 'spare', theme: 'warning', page: 'users' });
  });

  it('shows all users down instead of the hold that follows from it', () => {
    const [banner, ...rest] = bannersOf({
      registration: 'registered',
      org: { ...org, hold },
      connections: [user('ada', 'disconnected', 'main')],
    });
    expect(banner).toMatchObject({ key: 'down', theme: 'error', page: 'users' });
    expect(rest).toEqual([]);
  });

  it('explains a hold in the words of the service', () => {
    const [banner] = bannersOf({ registration: 'registered', org: { ...org, hold }, connections: [user('ada', 'connected', 'main')] });
    expect(banner).toMatchObject({ key: 'held', theme: 'error', page: 'health' });
    expect(banner?.text).toContain(hold.detail);
    expect(banner?.text).toContain('Setup_Held_Retry');
  });

  it('leaves the next try out where none is planned', () => {
    const [banner] = bannersOf({
      registration: 'registered',
      org: { ...org, hold: { ...hold, retryAt: null } },
      connections: [user('ada', 'connected', 'main')],
    });
    expect(banner?.text).not.toContain('Setup_Held_Retry');
  });

  it('tells that the connection mode is off', () => {
    expect(
      keys({ registration: 'registered', org: { ...org, connectionMode: false }, connections: [user('ada', 'connected', 'main')] }),
    ).toEqual(['off']);
  });

  it('puts the silent service first', () => {
    const connections = [user('ada', 'disconnected', 'main')];
    expect(keys({ registration: 'registered', org, connections, staleSince: 1 })).toEqual(['stale', 'down']);
  });

  it.each([
    ['unregistered', 'info'],
    ['mismatch', 'error'],
  ] as const)('sends an org that is %s to the registration', (registration, theme) => {
    const banners = bannersOf({ registration, connections: [] });
    expect(banners).toHaveLength(1);
    expect(banners[0]).toMatchObject({ key: registration, theme, page: 'start' });
  });
});
