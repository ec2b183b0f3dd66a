import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, AGENT, startRig, until, type Rig } from '../../rig.test-helper.ts';
import { orgToolsOf, type OrgTools } from '../org.test-helper.ts';

let rig: Rig;
let org: OrgTools;
let pbx: { id: string; pbxId: string; key: string };
let known: string;
let calls = 0;

interface Activity {
  Id: string;
  Subject: string;
  Description: string;
  Status?: string;
  WhoId: string | null;
  WhatId: string | null;
  OwnerId: string;
  [field: string]: unknown;
}

const FIELDS = 'Id, Subject, Description, WhoId, WhatId, OwnerId, SwitchboardCallId__c';
const TASK = `${FIELDS}, Status, TaskSubtype, CallType, ActivityDate, CallDurationInSeconds, CallDisposition`;
const tasks = (id: string): Activity[] =>
  rig.salesforce.org.query(`SELECT ${TASK} FROM Task WHERE SwitchboardCallId__c = '${id}'`) as unknown as Activity[];
const events = (id: string): Activity[] =>
  rig.salesforce.org.query(
    `SELECT ${FIELDS}, StartDateTime, EndDateTime FROM Event WHERE SwitchboardCallId__c = '${id}'`,
  ) as unknown as Activity[];

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  rig.call<{ id: string; code?: string }>('POST', path, body, { key: pbx.key, headers });
const report = (callId: string, body: object) => rig.call<{ id: string }>('PUT', `/v1/acd/calls/${callId}`, body, { key: pbx.key });
/** The activity that a record has become. */
const whenWritten = async (id: string, read = tasks): Promise<Activity> => {
  await until(
    'it is in the org',
    async () => (await rig.rows(`select 1 from outbox where subject_id = '${id}' and state = 'waiting'`)).length === 0,
  );
  const found = read(id);
  expect(found).toHaveLength(1);
  return found[0] as Activity;
};
const callId = () => `call-${(calls += 1)}`;
const id15 = (id: string | null) => id?.slice(0, 15);

beforeAll(async () => {
  rig = await startRig({ carriers: false, sample: true });
  org = orgToolsOf(rig);
  await org.connect();
  await org.rest('PATCH', `/sobjects/User/${org.userId(AGENT)}`, { Extension: '2002' });
  const made = (await org.rest('POST', '/sobjects/Contact', {
    LastName: 'Known',
    Phone: '+1 203 555 0184',
    OwnerId: org.userId(ADMIN),
  })) as { id: string };
  known = made.id;
  pbx = (await rig.call<typeof pbx>('POST', '/v1/acd/pbxs', { name: 'Main office', rules: { country: 'US' } })).body;
  await org.whenRead();
}, 60_000);
afterAll(() => rig?.close());

describe('a callback', () => {
  it('becomes a task of the caller’s record and its owner', async () => {
    const { status, body } = await post('/v1/acd/callbacks/tasks', {
      caller: '(203) 555-0184',
      dueDate: '2026-12-24',
      notes: 'About the invoice',
    });
    expect(status).toBe(202);
    expect(await whenWritten(body.id)).toMatchObject({
      Subject: 'Call back Known',
      Description: 'About the invoice\nCaller: +1 203 555 0184',
      Status: 'Not Started',
      TaskSubtype: 'Call',
      ActivityDate: '2026-12-24',
      WhoId: known,
      OwnerId: org.userId(ADMIN),
    });
  });

  it('at a time becomes an event', async () => {
    const times = { startAt: '2026-12-24T09:30:00+01:00', endAt: '2026-12-24T10:00:00+01:00' };
    const { body } = await post('/v1/acd/callbacks/events', { caller: '+12035550184', ...times });
    const event = await whenWritten(body.id, events);
    expect(event).toMatchObject({ Subject: 'Call back Known', WhoId: known });
    expect(new Date(event['StartDateTime'] as string).toISOString()).toBe('2026-12-24T08:30:00.000Z');
    expect(new Date(event['EndDateTime'] as string).toISOString()).toBe('2026-12-24T09:00:00.000Z');
  });

  it('of somebody unknown is the inbox queue’s', async () => {
    const { body } = await post('/v1/acd/callbacks/tasks', { caller: '+12035550100' });
    const task = await whenWritten(body.id);
    expect(task).toMatchObject({ Subject: 'Call back +1 203 555 0100', WhoId: null, WhatId: null });
    expect(rig.salesforce.org.query(`SELECT DeveloperName FROM Group WHERE Id = '${task.OwnerId}'`)).toMatchObject([
      { DeveloperName: 'Switchboard_Inbox' },
    ]);
  });

  it('asked for again is the same one: within five minutes, and for ever with a key', async () => {
    const ask = { caller: '+12035550184', notes: 'again' };
    const all = await Promise.all(Array.from({ length: 10 }, () => post('/v1/acd/callbacks/tasks', ask)));
    const ids = new Set(all.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    const keyed = { 'idempotency-key': 'callback-7' };
    const first = (await post('/v1/acd/callbacks/tasks', ask, keyed)).body.id;
    expect(ids).not.toContain(first);
    await whenWritten(first);
    rig.advance(40 * 24 * 3600_000);
    try {
      await rig.rows(`delete from acd_call where id = '${first}'`); // erased after 30 days
      expect((await post('/v1/acd/callbacks/tasks', ask, keyed)).body.id).toBe(first);
      await whenWritten(first); // a single one, still
      expect((await post('/v1/acd/callbacks/tasks', ask)).body.id).not.toBe([...ids][0]);
    } finally {
      rig.advance(-40 * 24 * 3600_000);
    }
  });

  it.each([
    ['a day that there is not', '/v1/acd/callbacks/tasks', { caller: '1', dueDate: '2026-02-30' }],
    [
      'an end before its beginning',
      '/v1/acd/callbacks/events',
      { caller: '1', startAt: '2026-12-24T10:00:00Z', endAt: '2026-12-24T09:00:00Z' },
    ],
    ['no times', '/v1/acd/callbacks/events', { caller: '1' }],
    ['something else in it', '/v1/acd/callbacks/tasks', { caller: '1', subject: 'x' }],
    ['a parameter whose name is none', '/v1/acd/callbacks/tasks', { caller: '1', parameters: { 'a b': 'c' } }],
    ['a character that cannot be stored', '/v1/acd/callbacks/tasks', { caller: '1', notes: 'a\u0000b' }],
  ])('with %s is refused', async (_what, path, body) => {
    expect(await post(path, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe('a call', () => {
  const shown = async () =>
    (
      (await rig.control('GET', `/notifications?username=${AGENT}`)) as {
        items: { type: string; title: string; targetId: string | null }[];
      }
    ).items;
  const taken = () => rig.salesforce.org.events.replay('/event/CallTaken__e', -2).map(({ data }) => data.payload);

  it('that is taken opens the caller’s record for who took it, and is one task until it has ended', async () => {
    const call = callId();
    const { body } = await report(call, { state: 'answered', caller: '+12035550184', called: '100', extension: '2002' });
    expect(await whenWritten(body.id)).toMatchObject({
      Subject: 'Call from Known',
      Status: 'In Progress',
      CallType: 'Inbound',
      WhoId: known,
      OwnerId: org.userId(AGENT),
    });
    await until('the screen was told', () => taken().length > 0);
    expect(taken()).toMatchObject([{ CallId__c: body.id, UserId__c: org.userId(AGENT), RecordId__c: known }]);
    await until('the bell has rung', async () => (await shown()).length > 0);
    expect(await shown()).toMatchObject([{ type: 'Switchboard_Call', title: 'Call from Known', targetId: known }]);
    await report(call, { state: 'answered', caller: '+12035550184', extension: '2002' });
    await report(call, { state: 'ended', caller: '+12035550184', seconds: 95, disposition: 'Solved' });
    await until('it has ended', async () => (await whenWritten(body.id)).Status === 'Completed');
    expect(await whenWritten(body.id)).toMatchObject({ CallDurationInSeconds: 95, CallDisposition: 'Solved', OwnerId: org.userId(AGENT) });
    expect(await shown()).toHaveLength(1);
    expect(taken()).toHaveLength(1);
  });

  it('reported in another order stays ended, and its agent may change it', async () => {
    const call = callId();
    const { body } = await report(call, { state: 'ended', caller: '+12035550184', extension: '2002', seconds: 10 });
    const { Id } = await whenWritten(body.id);
    await org.rest('PATCH', `/sobjects/Task/${Id}`, { Subject: 'Mine now', WhoId: null });
    await report(call, { state: 'answered', caller: '+12035550184', notes: 'told later' });
    await until('it is told', async () => (await whenWritten(body.id)).Description.startsWith('told later'));
    expect(await whenWritten(body.id)).toMatchObject({ Status: 'Completed', Subject: 'Mine now', WhoId: null });
  });

  it('told bit by bit, in any order, knows its agent and opens the record when both are known', async () => {
    const before = taken().length;
    const call = callId();
    const { body } = await report(call, { state: 'answered' });
    await whenWritten(body.id);
    await report(call, { state: 'answered', caller: '+12035550184' });
    await report(call, { state: 'answered', extension: '2002' });
    await until('the screen was told', () => taken().length > before);
    expect(taken().at(-1)).toMatchObject({ CallId__c: body.id, UserId__c: org.userId(AGENT), RecordId__c: known });
  });

  it('that nobody took is for the caller’s owner to do', async () => {
    const { body } = await report(callId(), { state: 'missed', caller: '+12035550184' });
    expect(await whenWritten(body.id)).toMatchObject({
      Subject: 'Missed call from Known',
      Status: 'Not Started',
      OwnerId: org.userId(ADMIN),
    });
  });

  it('of somebody unknown, and of a phone that nobody has', async () => {
    const before = (await shown()).length;
    const stranger = (await report(callId(), { state: 'answered', caller: '+12035550101', extension: '2002' })).body.id;
    expect(await whenWritten(stranger)).toMatchObject({ WhoId: null, OwnerId: org.userId(AGENT) });
    await until('the bell has rung', async () => (await shown()).length > before);
    const nobody = (await report(callId(), { state: 'answered', caller: '+12035550184', extension: '999' })).body.id;
    expect(await whenWritten(nobody)).toMatchObject({ WhoId: known, OwnerId: org.userId(ADMIN) });
    const withheld = (await report(callId(), { state: 'answered', caller: 'anonymous', extension: '2002' })).body.id;
    expect(await whenWritten(withheld)).toMatchObject({ Subject: 'Call from unknown caller', Description: null });
  });

  it('takes with it what the caller told an IVR, before or after', async () => {
    const { id: second } = (await org.rest('POST', '/sobjects/Contact', { LastName: 'Second', Phone: '+1 203 555 0176' })) as {
      id: string;
    };
    const ivr = (body: object, number = '+12035550176') =>
      rig.call('PUT', `/api/IVRParams/${pbx.pbxId}/${encodeURIComponent(number)}`, body, { key: pbx.key });
    const supportCase = (await org.rest('POST', '/sobjects/Case', { Subject: 'Broken', ContactId: second })) as { id: string };
    const [{ CaseNumber }] = rig.salesforce.org.query(`SELECT CaseNumber FROM Case WHERE Id = '${supportCase.id}'`) as [
      { CaseNumber: string },
    ];
    expect((await ivr({ Param1: CaseNumber, Param3: 'gold' })).status).toBe(200);
    const read = await rig.call('GET', `/IVRParams/${rig.salesforce.org.orgId}/${encodeURIComponent('12035550176')}`, undefined, {
      key: rig.keys.agent,
    });
    expect(read).toMatchObject({ status: 200, body: { Param1: CaseNumber, Param3: 'gold' } });
    const { body } = await report(callId(), { state: 'answered', caller: '+12035550176', extension: '2002' });
    const task = await whenWritten(body.id);
    expect(task).toMatchObject({ WhoId: second, WhatId: supportCase.id });
    expect(task.Description).toContain('Param3: gold');
    await ivr({ Param4: 'later' });
    await until('it is added', async () => (await whenWritten(body.id)).Description.includes('Param4: later'));
    expect((await rig.call('GET', `/IVRParams/${rig.salesforce.org.orgId}/999`, undefined, { key: rig.keys.agent })).status).toBe(404);
    expect((await ivr({ Param1: 'x' }, 'anonymous')).status).toBe(400);
    const next = await report(callId(), { state: 'answered', caller: '+12035550176' });
    expect(await whenWritten(next.body.id)).toMatchObject({ WhatId: null }); // another call is another matter
  });
});

describe('when something fails', () => {
  const release = async () => {
    await rig.control('DELETE', '/faults');
    await rig.rows(`update lane set held_until = null where purpose = 'acd'`);
    await rig.call('POST', '/v1/connections/release').catch(() => undefined);
  };

  it('the reply is lost after the org has written it: it is one task', async () => {
    await rig.fault({ path: '/composite', method: 'POST' }, { drop: 'after' }, { times: 2 });
    const { body } = await report(callId(), { state: 'answered', caller: '+12035550184' });
    await until(
      'the reply was lost',
      async () => (await rig.rows(`select 1 from lane where purpose = 'acd' and hold_code is not null`)).length > 0,
    );
    await release();
    rig.advance(60_000);
    expect((await whenWritten(body.id)).WhoId).toBe(known);
  });

  it('the org is down: the call waits, and is written when the org is back', async () => {
    await rig.fault({ path: '/services/data' }, { status: 503, body: [] }, { times: 1_000 });
    const { status, body } = await report(callId(), { state: 'missed', caller: '+12035550184' });
    expect(status).toBe(202);
    await until(
      'the lane waits',
      async () => (await rig.rows(`select 1 from lane where purpose = 'acd' and held_until is not null`)).length > 0,
    );
    expect(tasks(body.id)).toHaveLength(0);
    await release();
    rig.advance(120_000);
    await whenWritten(body.id);
  });

  it('an owner who left keeps no call out of the org', async () => {
    await rig.rows(`insert into lane (org_id, purpose, key, held_until) select id, 'acd', 'calls', now() + interval '1 hour' from org
      on conflict (org_id, purpose, key) do update set held_until = excluded.held_until`);
    const { body } = await report(callId(), { state: 'missed', caller: '+12035550184' });
    await rig.control('POST', '/users/agent2@sandbox.test/deactivate');
    await rig.rows(
      `update acd_call set found_at = now(), who_id = '${known}', owner_id = '${org.userId('agent2@sandbox.test')}' where id = '${body.id}'`,
    );
    await release();
    const task = await whenWritten(body.id);
    expect(task.WhoId).toBe(known);
    expect(task.OwnerId).not.toBe(org.userId('agent2@sandbox.test'));
  });

  it('a contact that was deleted keeps no call out of the org', async () => {
    const gone = (await org.rest('POST', '/sobjects/Contact', {
      LastName: 'Gone',
      Phone: '+1 203 555 0177',
      OwnerId: org.userId(ADMIN),
    })) as { id: string };
    await org.refresh();
    await rig.rows(`insert into lane (org_id, purpose, key, held_until) select id, 'acd', 'calls', now() + interval '1 hour' from org
      on conflict (org_id, purpose, key) do update set held_until = excluded.held_until`);
    const { body } = await report(callId(), { state: 'missed', caller: '+12035550177' });
    await rig.rows(
      `update acd_call set found_at = now(), who_id = '${gone.id}', record_id = '${gone.id}', owner_id = '${org.userId(ADMIN)}' where id = '${body.id}'`,
    );
    await org.rest('DELETE', `/sobjects/Contact/${gone.id}`);
    await org.refresh();
    await release();
    expect((await whenWritten(body.id)).WhoId).toBeNull();
  });

  it('a task that somebody deleted is made anew, with whom it is about', async () => {
    const call = callId();
    const { body } = await report(call, { state: 'answered', caller: '+12035550184' });
    const { Id } = await whenWritten(body.id);
    await org.rest('DELETE', `/sobjects/Task/${Id}`);
    await report(call, { state: 'ended', caller: '+12035550184', seconds: 3 });
    const again = await whenWritten(body.id);
    expect(id15(again.Id)).not.toBe(id15(Id));
    expect(again).toMatchObject({ WhoId: known, Status: 'Completed', Subject: 'Call from Known' });
  });

  it('what the org refuses waits for an admin, who tries it again or gives it up; the others go on', async () => {
    await rig.control('POST', '/refusals', { object: 'Task', errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No.', times: 1 });
    const bad = (await post('/v1/acd/callbacks/tasks', { caller: '+12035550184', notes: 'refused' })).body.id;
    const parked = async () =>
      (
        await rig.call<{ items: { id: string; kind: string; label: string; code: string; reason: string }[] }>(
          'GET',
          '/v1/acd/calls/parked',
        )
      ).body.items;
    await until('it is parked', async () => (await parked()).length > 0);
    expect(await parked()).toMatchObject([{ kind: 'task', label: 'Known', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }]);
    const good = (await post('/v1/acd/callbacks/tasks', { caller: '+12035550184', notes: 'beside it' })).body.id;
    await whenWritten(good);
    expect(tasks(bad)).toHaveLength(0);
    const [row] = await parked();
    expect((await rig.call('POST', `/v1/acd/calls/parked/${row?.id}/retry`)).status).toBe(202);
    await whenWritten(bad);
    expect(await parked()).toEqual([]);
    expect((await rig.call('POST', `/v1/acd/calls/parked/${row?.id}/retry`)).status).toBe(404);
    expect((await rig.call('DELETE', '/v1/acd/calls/parked/1')).status).toBe(404);
  });

  it('a person’s calls are handed out, and erased in the org and here', async () => {
    const number = '+12035550179';
    const { body } = await report(callId(), { state: 'ended', caller: number, notes: 'a private matter' });
    await whenWritten(body.id);
    const asked = await rig.call<{ calls: object[] }>('POST', '/v1/people/export', { number });
    expect(asked.body.calls).toMatchObject([{ kind: 'call', state: 'ended', notes: 'a private matter' }]);
    const others = rig.salesforce.org.query('SELECT Id FROM Task WHERE SwitchboardCallId__c != null').length;
    expect((await rig.call('POST', '/v1/people/erase', { number })).status).toBe(200);
    expect(tasks(body.id)).toHaveLength(0);
    expect(rig.salesforce.org.query('SELECT Id FROM Task WHERE SwitchboardCallId__c != null')).toHaveLength(others - 1);
    expect((await rig.call<{ calls: object[] }>('POST', '/v1/people/export', { number })).body.calls).toEqual([]);
  });

  it('numbers and notes are in no log', () => {
    const log = rig.log.join('');
    for (const secret of ['2035550184', '555 0184', 'About the invoice', 'gold']) expect(log).not.toContain(secret);
  });
});
