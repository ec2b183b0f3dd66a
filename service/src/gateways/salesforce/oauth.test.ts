import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { classifyFailure } from './classify.ts';
import { HostRefusedError, type OAuthError } from './errors.ts';
import { checkTokenHost, loginUrl } from './hosts.ts';
import { createSalesforceOAuth, type SalesforceOAuth } from './oauth.ts';
import { answer, startRawServer, type RawServer } from './raw-server.test-helper.ts';
import { createExchange } from './transport.ts';
import { createAddressGuard } from '../../platform/net.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function login(reply: (socket: Socket, request: string) => void): Promise<{ oauth: SalesforceOAuth; server: RawServer }> {
  const server = await startRawServer(reply);
  const allowedHosts = [server.host];
  const dispatcher = createAddressGuard(allowedHosts).dispatcher;
  closers.push(() => dispatcher.close(), server.close);
  const hosts = { allowedHosts, loginUrls: { production: server.origin } };
  const exchange = createExchange(dispatcher);
  return {
    oauth: createSalesforceOAuth({
      clientId: 'cid',
      clientSecret: 'sec',
      redirectUri: 'https://s.example/cb',
      hosts,
      exchange,
      timeoutMs: 1_000,
    }),
    server,
  };
}

const ID = '/id/00D000000000001EAA/005000000000001AAA';
const tokens = (server: () => RawServer, more: object = {}): unknown => ({
  access_token: '00D!a',
  instance_url: server().origin,
  id: `https://login.salesforce.com${ID}`,
  issued_at: '1700000000000',
  scope: 'api refresh_token',
  ...more,
});
const form = (request: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams((request ?? '').split('\r\n\r\n')[1]));
const errorOf = (work: Promise<unknown>): Promise<OAuthError> =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error as OAuthError,
  );

describe('authorize', () => {
  it('asks with PKCE, state, prompt and hint', async () => {
    const { oauth, server } = await login(() => undefined);
    const url = new URL(
      oauth.authorizeUrl({ login: 'production', state: 's t', codeChallenge: 'ch', prompt: 'login', loginHint: 'a@b.c' }),
    );
    expect(url.origin + url.pathname).toBe(`${server.origin}/services/oauth2/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'cid',
      redirect_uri: 'https://s.example/cb',
      scope: 'api refresh_token openid',
      state: 's t',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
      prompt: 'login',
      login_hint: 'a@b.c',
    });
  });
});

describe('tokens', () => {
  it('exchanges a code with verifier and secret', async () => {
    const { oauth, server } = await login((socket) =>
      answer(
        socket,
        200,
        tokens(() => server, { refresh_token: 'r1' }),
      ),
    );
    const set = await oauth.exchangeCode('production', 'code1', 'ver1');
    expect(form(server.requests[0])).toEqual({
      grant_type: 'authorization_code',
      code: 'code1',
      code_verifier: 'ver1',
      redirect_uri: 'https://s.example/cb',
      client_id: 'cid',
      client_secret: 'sec',
    });
    expect(set).toMatchObject({ accessToken: '00D!a', refreshToken: 'r1', orgId: '00D000000000001EAA', userId: '005000000000001AAA' });
  });

  it('hands out the rotated refresh token, and null where there is none', async () => {
    let turn = 0;
    const { oauth, server } = await login((socket) =>
      answer(
        socket,
        200,
        tokens(() => server, turn++ === 0 ? { refresh_token: 'r2' } : {}),
      ),
    );
    expect((await oauth.refresh(server.origin, 'r1')).refreshToken).toBe('r2');
    expect((await oauth.refresh(server.origin, 'r2')).refreshToken).toBe(null);
    expect(form(server.requests[0])).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'r1' });
  });

  it('keeps code and description of a refusal', async () => {
    const { oauth, server } = await login((socket) =>
      answer(socket, 400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }),
    );
    const error = await errorOf(oauth.refresh(server.origin, 'r1'));
    expect(error).toMatchObject({ code: 'invalid_grant', description: 'expired access/refresh token', status: 400, sent: 'yes' });
    expect(classifyFailure(error).class).toBe('user');
  });

  it('is in doubt when the reply is lost, cut or unreadable, and not when nothing was sent', async () => {
    const lost = await login((socket) => socket.destroy());
    expect(await errorOf(lost.oauth.refresh(lost.server.origin, 'r'))).toMatchObject({ sent: 'maybe', fault: 'cut' });
    const silent = await login(() => undefined);
    expect(await errorOf(silent.oauth.refresh(silent.server.origin, 'r'))).toMatchObject({ sent: 'maybe', fault: 'timeout' });
    const page = await login((socket) => answer(socket, 200, '<html>'));
    expect(await errorOf(page.oauth.refresh(page.server.origin, 'r'))).toMatchObject({ sent: 'maybe' });
    await silent.server.close();
    expect(await errorOf(silent.oauth.refresh(silent.server.origin, 'r'))).toMatchObject({ sent: 'no', fault: 'connect' });
  });

  it('refuses an instance address that is not Salesforce’s, but loses no rotated token over it', async () => {
    const { oauth, server } = await login((socket) =>
      answer(
        socket,
        200,
        tokens(() => server, { instance_url: 'https://evil.example' }),
      ),
    );
    await expect(oauth.exchangeCode('production', 'c', 'v')).rejects.toThrow(HostRefusedError);
    expect((await oauth.refresh(server.origin, 'r1')).accessToken).toBe('00D!a');
  });

  it('revokes, and takes a dead token for revoked', async () => {
    let turn = 0;
    const { oauth, server } = await login((socket) =>
      turn++ === 0 ? answer(socket, 200, '') : answer(socket, 400, { error: 'invalid_token', error_description: 'x' }),
    );
    await oauth.revoke(server.origin, 'r1');
    await oauth.revoke(server.origin, 'r1');
    expect(form(server.requests[1])).toEqual({ token: 'r1' });
  });

  it('asks for the identity with the token in the header only', async () => {
    const { oauth, server } = await login((socket) =>
      answer(socket, 200, {
        user_id: '005',
        organization_id: '00D',
        username: 'u@x',
        display_name: 'U',
        email: 'e@x',
        active: true,
        timezone: 'Europe/Berlin',
      }),
    );
    const identity = await oauth.identity({
      identityUrl: `https://login.salesforce.com${ID}`,
      accessToken: '00D!tok',
      instanceUrl: server.origin,
    });
    expect(identity).toMatchObject({ userId: '005', username: 'u@x', timeZone: 'Europe/Berlin', active: true });
    expect(server.requests[0]?.split('\r\n')[0]).toBe(`GET ${ID} HTTP/1.1`);
    expect(server.requests[0]).toContain('Bearer 00D!tok');
  });
});

describe('hosts', () => {
  const policy = { allowedHosts: ['localhost:8081'] };
  it.each([
    'https://acme.my.salesforce.com',
    'https://acme--uat.sandbox.my.salesforce.com/path',
    'https://acme.lightning.force.com',
    'http://localhost:8081',
  ])('%s is accepted', (url) => {
    expect(checkTokenHost(url, policy)).toBe(new URL(url).origin);
  });
  it.each([
    'http://acme.my.salesforce.com',
    'https://salesforce.com.evil.example',
    'https://evilsalesforce.com',
    'https://acme.my.salesforce.com:8443',
    'https://acme.my.salesforce.com@evil.example',
    'http://localhost:9999',
    'https://127.0.0.1',
    'javascript:alert(1)',
    'not an address',
  ])('%s is refused', (url) => {
    expect(() => checkTokenHost(url, policy)).toThrow(HostRefusedError);
  });
  it('knows production, sandbox and a My Domain', () => {
    expect(loginUrl('production', policy)).toBe('https://login.salesforce.com');
    expect(loginUrl('sandbox', policy)).toBe('https://test.salesforce.com');
    expect(loginUrl(' acme.my.salesforce.com ', policy)).toBe('https://acme.my.salesforce.com');
    expect(() => loginUrl('evil.example', policy)).toThrow(HostRefusedError);
  });
});
