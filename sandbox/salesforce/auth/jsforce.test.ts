import jsforce from 'jsforce';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signInAndAllow } from '../../control/browserless.ts';
import { ADMIN, startTestOrg } from '../platform/testing.ts';
import type { TestOrg } from '../platform/testing.ts';
import { DEFAULT_APP } from './apps.ts';

/** The flow driven by a client that other people wrote: jsforce makes the address, exchanges, refreshes, reads identity and limits, revokes. */
let org: TestOrg;

beforeAll(async () => {
  org = await startTestOrg();
});
afterAll(() => org.close());

test('jsforce signs in by the web server flow with PKCE and works with what it gets', async () => {
  const oauth2 = new jsforce.OAuth2({
    loginUrl: org.url,
    clientId: DEFAULT_APP.clientId,
    clientSecret: DEFAULT_APP.clientSecret,
    redirectUri: DEFAULT_APP.redirectUris[0] ?? '',
    useVerifier: true,
  });
  const address = oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 'from jsforce' });
  const callback = new URL(await signInAndAllow(address, ADMIN));
  expect(callback.searchParams.get('state')).toBe('from jsforce');

  const connection = new jsforce.Connection({ oauth2, version: '65.0' });
  const user = await connection.authorize(callback.searchParams.get('code') ?? '');
  expect(user.organizationId).toBe(org.org.orgId);
  expect(connection.instanceUrl).toBe(org.url);

  const identity = await connection.identity();
  expect([identity.username, identity.user_id]).toEqual([ADMIN.username, user.id]);
  const limits = await connection.limits();
  expect(limits['DailyApiRequests']?.Remaining).toBeLessThan(limits['DailyApiRequests']?.Max ?? 0);
  expect(connection.limitInfo.apiUsage?.limit).toBe(100_000);

  const stored = connection.refreshToken ?? '';
  const renewed = await oauth2.refreshToken(stored);
  expect(renewed.refresh_token).not.toBe(stored);
  await expect(oauth2.refreshToken(stored)).rejects.toThrow('expired access/refresh token');
  const plain = new jsforce.Connection({ instanceUrl: org.url, accessToken: renewed.access_token, version: '65.0' });
  await expect(plain.limits()).rejects.toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
});
