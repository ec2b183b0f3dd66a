import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import PubSubApiClient from 'salesforce-pubsub-api-client';
import { ADMIN, AGENT, startTestOrg } from '../platform/testing.ts';
import { tlsInFrontOf } from './tls.test-helper.ts';

const CHANNEL = '/data/SwitchboardDirectory__chn';

interface Told {
  replayId: number;
  payload: {
    ChangeEventHeader: { entityName: string; recordIds: string[]; changeType: string; changedFields: string[]; nulledFields: string[] };
    [field: string]: unknown;
  };
}

type Peer = Awaited<ReturnType<typeof startTestOrg>>;
let peer: Peer;
let front: Awaited<ReturnType<typeof tlsInFrontOf>>;
const clients: PubSubApiClient[] = [];
let ended = 0;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

beforeEach(async () => {
  ended = 0;
  peer = await startTestOrg({ pubsubPort: 0, pubsubKeepaliveMs: 50, sourceDir: undefined });
  front = await tlsInFrontOf(peer.pubsubUrl ?? '');
});
afterEach(async () => {
  // The client stops listening when it is closed, and a stream that breaks then ends the process.
  await peer.control('changes', { action: 'drop' });
  await when(() => ended >= clients.length);
  for (const client of clients.splice(0)) client.close();
  await front.close();
  await peer.close();
});

/** What an independent client is told of a topic. */
async function follow(topic: string, from: { replayId?: number; earliest?: boolean; user?: string } = {}) {
  const { accessToken } = await peer.control('token', { username: from.user ?? ADMIN.username });
  const client = new PubSubApiClient(
    {
      authType: 'user-supplied',
      accessToken: String(accessToken),
      instanceUrl: 'https://org.example.com',
      organizationId: peer.org.orgId,
      pubSubEndpoint: front.address,
      rejectUnauthorizedSsl: false,
    } as ConstructorParameters<typeof PubSubApiClient>[0],
    quiet as never,
  );
  clients.push(client);
  await client.connect();
  const events: Told[] = [];
  const errors: string[] = [];
  let alive = 0;
  const hear = (_info: unknown, type: string, data: unknown): void => {
    if (type === 'event') events.push(data as Told);
    if (type === 'grpcKeepAlive') alive += 1;
    if (type === 'error') {
      ended += 1;
      const { metadata } = data as { metadata?: { get(name: string): unknown[] } };
      errors.push(String(metadata?.get('error-code')[0]));
    }
  };
  if (from.replayId !== undefined) client.subscribeFromReplayId(topic, hear as never, 100, from.replayId);
  else if (from.earliest) client.subscribeFromEarliestEvent(topic, hear as never, 100);
  else client.subscribe(topic, hear as never, 100);
  return { client, events, errors, alive: () => alive };
}

const when = (what: () => boolean) => expect.poll(what, { timeout: 10_000 }).toBe(true);
const headers = (events: Told[]) =>
  events.map(({ payload: { ChangeEventHeader: header } }) => `${header.entityName} ${header.changeType} ${header.recordIds.length}`);

describe('change events over the Pub/Sub API, read by salesforce-pubsub-api-client', () => {
  it('tells what was created, changed, deleted and brought back, with values and the names of changed fields', async () => {
    const { events, alive } = await follow(CHANNEL);
    await when(() => alive() > 0);
    const id = peer.org.insert('Contact', { FirstName: 'Ada', LastName: 'Ray', MobilePhone: '+1 415 555 0170' });
    // The client asks for the schema of the first event, and what it hears meanwhile may overtake it.
    await when(() => events.length === 1);
    peer.org.update('Contact', id, { MobilePhone: '+1 415 555 0171', FirstName: 'Adele', Phone: null });
    peer.org.update('Contact', id, { MobilePhone: null });
    const { accessToken } = await peer.control('token', { username: ADMIN.username });
    await peer.api(`/services/data/v65.0/sobjects/Contact/${id}`, String(accessToken), { method: 'DELETE' });
    await peer.control('undelete', { id });
    await when(() => events.length === 5);
    expect(headers(events)).toEqual(['CREATE', 'UPDATE', 'UPDATE', 'DELETE', 'UNDELETE'].map((type) => `Contact ${type} 1`));
    const [created, changed, nulled, deleted] = events.map(({ payload }) => payload);
    expect(created).toMatchObject({ MobilePhone: '+1 415 555 0170', Name: { FirstName: 'Ada', LastName: 'Ray' } });
    expect(changed?.ChangeEventHeader.changedFields.toSorted()).toEqual(['LastModifiedDate', 'MobilePhone', 'Name.FirstName'].toSorted());
    expect(nulled?.ChangeEventHeader.nulledFields).toEqual(['MobilePhone']);
    expect(deleted?.ChangeEventHeader.recordIds).toEqual([id]);
    expect(deleted?.['MobilePhone']).toBeNull();
  });

  it('puts what one transaction changed alike into one event, and nothing of what was rolled back', async () => {
    const { events, alive } = await follow('/data/ContactChangeEvent');
    await when(() => alive() > 0);
    expect(() =>
      peer.org.tx(() => {
        peer.org.insert('Contact', { LastName: 'Nobody' });
        throw new Error('never mind');
      }),
    ).toThrow('never mind');
    const ids = peer.org.tx(() => ['Lane', 'Mora'].map((LastName) => peer.org.insert('Contact', { LastName })));
    peer.org.tx(() => ids.forEach((id) => peer.org.update('Contact', id, { Phone: '+442071838750' })));
    peer.org.insert('Account', { Name: 'not on this topic' });
    await when(() => events.length === 3);
    expect(headers(events)).toEqual(['Contact CREATE 1', 'Contact CREATE 1', 'Contact UPDATE 2']);
  });

  it('goes on from a replay id, and refuses one that is older than 72 hours', async () => {
    const first = await follow(CHANNEL, { earliest: true });
    const names = ['One', 'Two', 'Three'];
    for (const LastName of names) peer.org.insert('Contact', { LastName });
    await when(() => first.events.length >= 3);
    const seen = first.events.at(-2)?.replayId ?? 0;
    const again = await follow(CHANNEL, { replayId: seen });
    await when(() => again.events.length === 1);
    expect(again.events[0]?.replayId).toBe(first.events.at(-1)?.replayId);
    await peer.control('clock', { advanceSeconds: 73 * 3600 });
    peer.org.insert('Contact', { LastName: 'Four' });
    const late = await follow(CHANNEL, { replayId: seen });
    await when(() => late.errors.length > 0);
    expect(late.errors[0]).toBe('sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted');
  });

  it('refuses tokens that do not count, topics that are not there, and deliveries beyond the allocation', async () => {
    const agent = await follow(CHANNEL, { user: AGENT.username });
    const nowhere = await follow('/data/Nothing__chn');
    await when(() => agent.errors.length > 0 && nowhere.errors.length > 0);
    expect(agent.errors[0]).toBe('sfdc.platform.eventbus.grpc.subscription.topic.cannot.subscribe');
    expect(nowhere.errors[0]).toBe('sfdc.platform.eventbus.grpc.topic.not.found');
    const admin = await follow(CHANNEL);
    await when(() => admin.alive() > 0);
    await peer.control('limits', { deliveries: 1 });
    peer.org.insert('Contact', { LastName: 'The last' });
    await when(() => admin.events.length === 1); // an error overtakes what a client has not read yet
    peer.org.insert('Contact', { LastName: 'Too many' });
    await when(() => admin.errors.length > 0);
    expect(admin.errors[0]).toBe('sfdc.platform.eventbus.grpc.subscription.limit.exceeded');
    await peer.control('limits', { deliveries: null });
    const revoked = await follow(CHANNEL);
    await when(() => revoked.alive() > 0);
    await peer.control(`users/${ADMIN.username}/revoke`);
    peer.org.insert('Contact', { LastName: 'Unseen' });
    await when(() => revoked.errors.length > 0);
    expect(revoked.errors[0]).toBe('sfdc.platform.eventbus.grpc.service.auth.error');
  });

  it('cuts, repeats, reorders, loses and replaces events when it is told to', async () => {
    const { events, errors, alive } = await follow(CHANNEL);
    await when(() => alive() > 0);
    await peer.control('changes', { action: 'repeat' });
    peer.org.insert('Contact', { LastName: 'Twice' });
    await when(() => events.length === 2);
    await peer.control('changes', { action: 'gap' });
    peer.org.insert('Contact', { LastName: 'Unsaid' });
    await peer.control('changes', { action: 'lose' });
    peer.org.insert('Contact', { LastName: 'Lost' });
    await peer.control('changes', { action: 'overflow' });
    peer.org.insert('Contact', { LastName: 'Too much' });
    await when(() => events.length === 4);
    await peer.control('changes', { action: 'reorder' });
    peer.org.insert('Contact', { LastName: 'Early' });
    peer.org.insert('Account', { Name: 'Late' });
    await when(() => events.length === 6);
    expect(headers(events)).toEqual([
      'Contact CREATE 1',
      'Contact CREATE 1',
      'Contact GAP_CREATE 1',
      'Contact GAP_OVERFLOW 0',
      'Account CREATE 1',
      'Contact CREATE 1',
    ]);
    await peer.control('changes', { action: 'drop' });
    await when(() => errors.length > 0);
    expect(errors[0]).toBe('sfdc.platform.eventbus.grpc.service.unavailable');
  });
});
