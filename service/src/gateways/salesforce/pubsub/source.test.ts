import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSalesforce, type SalesforcePeer } from '../../../../../sandbox/salesforce/server.ts';
import { createSalesforceClient } from '../client.ts';
import { createExchange } from '../transport.ts';
import { PubSubError } from './errors.ts';
import { createChangeSource, type ChangeSource } from './source.ts';
import type { ChangeBatch, ChangeStream } from './stream.ts';

const ADMIN = 'admin@sandbox.test';
const TOPIC = '/data/SwitchboardDirectory__chn';

let peer: SalesforcePeer;
let source: ChangeSource;
const closers: (() => unknown)[] = [];
const never = new AbortController().signal;

const control = async (path: string, body: object, of = peer): Promise<Record<string, string>> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${of.url}/__sandbox/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, string>;
};

async function open(from: { topic?: string; replayId?: string; username?: string; token?: string } = {}): Promise<ChangeStream> {
  const { accessToken = '' } = await control('token', { username: from.username ?? ADMIN });
  const stream = await source.open(
    { accessToken: from.token ?? accessToken, instanceUrl: peer.url, orgId: peer.org.orgId },
    { topic: from.topic ?? TOPIC, replayId: from.replayId ?? null },
  );
  closers.push(() => stream.close());
  return stream;
}

/** What comes until there is a change. */
async function next(stream: ChangeStream): Promise<ChangeBatch> {
  for (;;) {
    await stream.ready(never);
    const batch = stream.take();
    if (batch && batch.changes.length > 0) return batch;
  }
}

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof PubSubError ? error.fault : error),
  );

/** The fault with which a stream ends, whatever comes before. */
const endOf = async (stream: ChangeStream): Promise<unknown> =>
  faultOf(
    (async () => {
      for (;;) {
        await stream.ready(never);
        stream.take();
      }
    })(),
  );

beforeEach(async () => {
  peer = await startSalesforce({ port: 0, pubsubPort: 0, pubsubKeepaliveMs: 50 });
  source = createChangeSource(peer.pubsubUrl ?? '');
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  source.close();
  await peer.close();
});

describe('change events of the Pub/Sub API', () => {
  it('gives object, ids, type and time of each change, and a place from which it goes on', async () => {
    const stream = await open();
    await stream.ready(never);
    expect(stream.take()?.changes).toEqual([]); // a sign of life has a place too
    const id = peer.org.insert('Contact', { LastName: 'Quist' });
    const { changes, replayId } = await next(stream);
    expect(changes).toEqual([{ object: 'Contact', ids: [id], type: 'CREATE', committedAt: expect.any(Date) as Date }]);
    stream.close();
    peer.org.update('Contact', id, { Phone: '+14155550100' });
    peer.org.insert('Account', { Name: 'Quist Ltd' });
    const again = await next(await open({ replayId }));
    expect(again.changes.map(({ object, type }) => `${object} ${type}`)).toEqual(['Contact UPDATE', 'Account CREATE']);
  });

  it('takes more than Salesforce gives at once, when what came before was taken', async () => {
    const stream = await open();
    await stream.ready(never);
    for (let index = 0; index < 250; index += 1) peer.org.insert('Contact', { LastName: `Person ${index}` });
    const ids = new Set<string>();
    while (ids.size < 250) for (const change of (await next(stream)).changes) for (const id of change.ids) ids.add(id);
    expect(ids.size).toBe(250);
  });

  it('says why there are none', async () => {
    expect(await faultOf(open({ token: '00Dxx!nobody' }))).toBe('unauthenticated');
    expect(await faultOf(open({ topic: '/data/Missing__chn' }))).toBe('topic-missing');
    expect(await faultOf(open({ username: 'agent@sandbox.test' }))).toBe('topic-missing');
    peer.org.insert('Contact', { LastName: 'Somebody' });
    expect(await endOf(await open({ replayId: '00000000000f4240' }))).toBe('replay-gone');
    const stream = await open();
    await control('limits', { deliveries: 0 });
    expect(await endOf(await open())).toBe('allocation');
    await control('limits', { deliveries: null });
    await control('changes', { action: 'drop' });
    expect(await endOf(stream)).toBe('unavailable');
    const revoked = await open();
    await revoked.ready(never);
    await control(`users/${ADMIN}/revoke`, {});
    peer.org.insert('Contact', { LastName: 'Somebody else' });
    expect(await endOf(revoked)).toBe('unauthenticated');
  });

  it('finds the channel of a package with a namespace', async () => {
    const packaged = await startSalesforce({ port: 0, pubsubPort: 0, namespace: 'acme' });
    closers.push(() => packaged.close());
    const changes = createChangeSource(packaged.pubsubUrl ?? '');
    closers.push(() => changes.close());
    const { accessToken } = await control('token', { username: ADMIN }, packaged);
    const client = createSalesforceClient({
      instanceUrl: packaged.url,
      accessToken: accessToken ?? '',
      exchange: createExchange(new Agent()),
      namespace: 'acme',
      changes,
      orgId: packaged.org.orgId,
    });
    const stream = await client.openChanges('SwitchboardDirectory__chn', null);
    stream.close();
    await expect(stream.ready(never)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('gives a silent stream up, and an address at which nobody is', async () => {
    const silent = await startSalesforce({ port: 0, pubsubPort: 0 });
    closers.push(() => silent.close());
    const { accessToken = '' } = await control('token', { username: ADMIN }, silent);
    const impatient = createChangeSource(silent.pubsubUrl ?? '', { silentMs: 100 });
    closers.push(() => impatient.close());
    const stream = await impatient.open(
      { accessToken, instanceUrl: silent.url, orgId: silent.org.orgId },
      { topic: TOPIC, replayId: null },
    );
    await expect(stream.ready(never)).rejects.toMatchObject({ fault: 'unavailable', code: 'SILENT' });
    const nobody = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => nobody.once('listening', resolve));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const lost = createChangeSource(`http://127.0.0.1:${port}`);
    closers.push(() => lost.close());
    const who = { accessToken, instanceUrl: silent.url, orgId: silent.org.orgId };
    expect(await faultOf(lost.open(who, { topic: TOPIC, replayId: null }))).toBe('unavailable');
  });
});
