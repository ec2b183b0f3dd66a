import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { signInAndAllow } from '../../control/browserless.ts';
import { DEFAULT_APP } from '../auth/apps.ts';
import { INITIAL_PASSWORD } from '../auth/accounts.ts';
import { startSalesforce } from '../server.ts';
import type { SalesforceOptions, SalesforcePeer } from '../server.ts';

/** Metadata small enough for tests of the platform: one object, one event, credentials with two principals, permission sets, a notification type. */
const METADATA: Readonly<Record<string, string>> = {
  'objects/Thing__c/Thing__c.object-meta.xml': `<CustomObject><label>Thing</label><pluralLabel>Things</pluralLabel><sharingModel>ReadWrite</sharingModel>
    <nameField><label>Name</label><type>Text</type></nameField></CustomObject>`,
  'objects/Thing__c/fields/Colour__c.field-meta.xml':
    '<CustomField><fullName>Colour__c</fullName><label>Colour</label><type>Text</type><length>20</length></CustomField>',
  'objects/ThingChanged__e/ThingChanged__e.object-meta.xml': `<CustomObject><label>Thing changed</label><pluralLabel>Things changed</pluralLabel>
    <eventType>HighVolume</eventType><publishBehavior>PublishImmediately</publishBehavior></CustomObject>`,
  'objects/ThingChanged__e/fields/Ids__c.field-meta.xml':
    '<CustomField><fullName>Ids__c</fullName><label>Ids</label><type>LongTextArea</type><length>32768</length></CustomField>',
  'externalCredentials/Switchboard.externalCredential-meta.xml': `<ExternalCredential><authenticationProtocol>Custom</authenticationProtocol><label>Switchboard</label>
    <externalCredentialParameters><parameterGroup>Admin</parameterGroup><parameterName>Admin</parameterName><parameterType>NamedPrincipal</parameterType><sequenceNumber>1</sequenceNumber></externalCredentialParameters>
    <externalCredentialParameters><parameterGroup>Agent</parameterGroup><parameterName>Agent</parameterName><parameterType>NamedPrincipal</parameterType><sequenceNumber>2</sequenceNumber></externalCredentialParameters>
    <externalCredentialParameters><parameterGroup>DefaultGroup</parameterGroup><parameterName>Authorization</parameterName><parameterType>AuthHeader</parameterType>
      <parameterValue>{!'Bearer ' &amp; $Credential.Switchboard.ApiKey}</parameterValue><sequenceNumber>1</sequenceNumber></externalCredentialParameters></ExternalCredential>`,
  'namedCredentials/Switchboard.namedCredential-meta.xml': `<NamedCredential><label>Switchboard</label><namedCredentialType>SecuredEndpoint</namedCredentialType>
    <namedCredentialParameters><parameterName>Url</parameterName><parameterType>Url</parameterType><parameterValue>https://switchboard.example.com</parameterValue></namedCredentialParameters>
    <namedCredentialParameters><externalCredential>Switchboard</externalCredential><parameterName>ExternalCredential</parameterName><parameterType>Authentication</parameterType></namedCredentialParameters></NamedCredential>`,
  'notificationtypes/Switchboard_Message.notiftype-meta.xml':
    '<CustomNotificationType><customNotifTypeName>Switchboard_Message</customNotifTypeName><desktop>true</desktop><masterLabel>Message</masterLabel><mobile>true</mobile></CustomNotificationType>',
  'permissionsets/SwitchboardAgent.permissionset-meta.xml': permissionSet('Agent'),
  'permissionsets/SwitchboardAdmin.permissionset-meta.xml': permissionSet('Admin'),
};

function permissionSet(principal: string): string {
  return `<PermissionSet><label>${principal}</label><hasActivationRequired>false</hasActivationRequired>
    <externalCredentialPrincipalAccesses><enabled>true</enabled><externalCredentialPrincipal>Switchboard-${principal}</externalCredentialPrincipal></externalCredentialPrincipalAccesses>
    <fieldPermissions><editable>true</editable><field>Thing__c.Colour__c</field><readable>true</readable></fieldPermissions>
    <objectPermissions><allowCreate>true</allowCreate><allowDelete>true</allowDelete><allowEdit>true</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Thing__c</object><viewAllRecords>false</viewAllRecords></objectPermissions>
    <objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>ThingChanged__e</object><viewAllRecords>false</viewAllRecords></objectPermissions>
    <objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>UserExternalCredential</object><viewAllRecords>false</viewAllRecords></objectPermissions></PermissionSet>`;
}

export const ADMIN = { username: 'admin@sandbox.test', password: INITIAL_PASSWORD };
export const STANDBY = { username: 'standby@sandbox.test', password: INITIAL_PASSWORD };
export const AGENT = { username: 'agent@sandbox.test', password: INITIAL_PASSWORD };

export interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, string>;
}

export interface TestOrg extends SalesforcePeer {
  /** Posts JSON to the control surface and gives its answer; throws when it refuses. */
  control(path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Posts a form to the token endpoint, with the default client's credentials unless the form names others. */
  token(form: Record<string, string>): Promise<TokenAnswer>;
  authorizeUrl(more?: Record<string, string | undefined>): string;
  /** The whole flow: sign in, allow, exchange. */
  connect(who: { username: string; password: string }): Promise<Record<string, string>>;
  /** Calls the REST API. */
  api(path: string, accessToken: string | undefined, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }>;
}

/** Verifier and challenge of the flow in tests. */
export const VERIFIER = randomBytes(48).toString('base64url');
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** Starts an org over the test metadata on a free port. Close it after the test. */
export async function startTestOrg(options: SalesforceOptions = {}): Promise<TestOrg> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-org-'));
  for (const [name, text] of Object.entries(METADATA)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const peer = await startSalesforce({ port: 0, sourceDir: folder, ...options });
  const { url } = peer;
  const client = { client_id: DEFAULT_APP.clientId, client_secret: DEFAULT_APP.clientSecret };
  const redirectUri = DEFAULT_APP.redirectUris[0] ?? '';

  async function token(form: Record<string, string>): Promise<TokenAnswer> {
    const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams({ ...client, ...form }) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  function authorizeUrl(more: Record<string, string | undefined> = {}): string {
    const target = new URL(`${url}/services/oauth2/authorize`);
    const query: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: redirectUri,
      state: 'st4te',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...more,
    };
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, value);
    return target.href;
  }

  return {
    ...peer,
    token,
    authorizeUrl,
    async control(path, body = {}) {
      const response = await fetch(`${url}/__sandbox/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
    async connect(who) {
      const callback = new URL(await signInAndAllow(authorizeUrl(), who));
      const code = callback.searchParams.get('code') ?? '';
      const { status, body } = await token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: VERIFIER });
      if (status !== 200) throw new Error(`the token endpoint answered ${JSON.stringify(body)}`);
      return body;
    },
    async api(path, accessToken, init = {}) {
      const headers = new Headers(init.headers);
      if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`);
      if (typeof init.body === 'string') headers.set('content-type', 'application/json');
      const response = await fetch(url + path, { ...init, headers });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    },
    async close() {
      await peer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
