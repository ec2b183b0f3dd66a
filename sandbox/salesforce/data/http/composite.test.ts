import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

interface Part {
  httpStatusCode: number;
  referenceId: string;
  body: unknown;
}

const V = '/services/data/v65.0';

describe('composite', () => {
  let t: TestOrg;
  beforeAll(async () => {
    t = await startTestOrg();
  });
  afterAll(() => t.close());
  const run = async (compositeRequest: unknown[], allOrNone = false) => {
    const reply = await t.call<{ compositeResponse: Part[] }>('POST', '/composite', { body: { allOrNone, compositeRequest } });
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return reply.body.compositeResponse;
  };

  it('hands answers on by reference', async () => {
    const parts = await run([
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'acc', body: { Name: 'By reference' } },
      { method: 'POST', url: `${V}/sobjects/Contact`, referenceId: 'con', body: { LastName: 'Child', AccountId: '@{acc.id}' } },
      { method: 'GET', url: `${V}/query?q=SELECT+Id,Account.Name+FROM+Contact+WHERE+Id='@{con.id}'`, referenceId: 'q' },
      { method: 'GET', url: `${V}/sobjects/Account/@{q.records[0].Account.attributes.url}`, referenceId: 'odd' },
      { method: 'PATCH', url: `${V}/sobjects/Contact/@{con.id}`, referenceId: 'upd', body: { Title: 'of @{q.records[0].Account.Name}' } },
      { method: 'GET', url: `${V}/sobjects/Contact/@{con.id}?fields=Title`, referenceId: 'end' },
    ]);
    expect(parts.map((part) => part.httpStatusCode)).toEqual([201, 201, 200, 404, 204, 200]);
    expect(parts[2]?.body).toMatchObject({ records: [{ Account: { Name: 'By reference' } }] });
    expect(parts[5]?.body).toMatchObject({ Title: 'of By reference' });
  });

  it('keeps what worked without allOrNone and nothing with it', async () => {
    const requests = (name: string) => [
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'a', body: { Name: name } },
      { method: 'POST', url: `${V}/sobjects/Account`, referenceId: 'b', body: {} },
      { method: 'POST', url: `${V}/sobjects/Contact`, referenceId: 'c', body: { LastName: 'x', AccountId: '@{b.id}' } },
    ];
    const loose = await run(requests('kept'));
    expect(loose.map((part) => part.httpStatusCode)).toEqual([201, 400, 400]);
    expect(loose[2]?.body).toMatchObject([
      { errorCode: 'PROCESSING_HALTED', message: expect.stringContaining('No value for b.id') as string },
    ]);
    const strict = await run(requests('undone'), true);
    expect(strict.map((part) => (part.body as { errorCode: string }[])[0]?.errorCode)).toEqual([
      'PROCESSING_HALTED',
      'REQUIRED_FIELD_MISSING',
      'PROCESSING_HALTED',
    ]);
    expect(await t.soql("SELECT Name FROM Account WHERE Name IN ('kept', 'undone')")).toMatchObject([{ Name: 'kept' }]);
  });

  it('upserts conversation, messages and event in one all-or-none call', async () => {
    const parts = await run(
      [
        {
          method: 'PATCH',
          url: `${V}/composite/sobjects/Conversation__c/ExternalId__c`,
          referenceId: 'conversations',
          body: {
            allOrNone: false,
            records: [
              {
                attributes: { type: 'Conversation__c' },
                ExternalId__c: 'x',
                Name: 'x',
                CustomerNumber__c: '+14155550100',
                OurNumber__c: '+14155550199',
              },
            ],
          },
        },
        {
          method: 'PATCH',
          url: `${V}/sobjects/Message__c/ExternalId__c/y`,
          referenceId: 'message',
          body: { Conversation__r: { ExternalId__c: 'x' }, Direction__c: 'Inbound', SentStatus__c: 'Received' },
        },
        { method: 'POST', url: `${V}/sobjects/ConversationChanged__e`, referenceId: 'wake', body: { ConversationIds__c: 'x' } },
      ],
      true,
    );
    expect(parts.map((part) => part.httpStatusCode)).toEqual([200, 201, 201]);
    expect(t.org.events.replay('/event/ConversationChanged__e', -2)).toHaveLength(1);
  });

  it('limits parts, queries and references', async () => {
    const query = (index: number) => ({ method: 'GET', url: `${V}/query?q=SELECT+Id+FROM+Account`, referenceId: `q${index}` });
    const refused = async (compositeRequest: unknown[]) =>
      (await t.call<{ errorCode: string }[]>('POST', '/composite', { body: { compositeRequest } })).body[0]?.errorCode;
    expect(await refused(Array.from({ length: 6 }, (_, index) => query(index)))).toBe('LIMIT_EXCEEDED');
    expect(
      await refused(Array.from({ length: 26 }, (_, index) => ({ method: 'GET', url: `${V}/sobjects`, referenceId: `s${index}` }))),
    ).toBe('LIMIT_EXCEEDED');
    expect(await refused([query(1), query(1)])).toBe('INVALID_INPUT');
    expect(await refused([])).toBe('JSON_PARSER_ERROR');
  });

  it('runs batches part by part', async () => {
    const batchRequests = [
      { method: 'GET', url: 'v65.0/sobjects/Account/describe' },
      { method: 'POST', url: 'v65.0/sobjects/Account', richInput: { Name: 'batch' } },
      { method: 'GET', url: 'v65.0/sobjects/Nope' },
      { method: 'GET', url: 'v12.0/sobjects' },
    ];
    const reply = await t.call<{ hasErrors: boolean; results: { statusCode: number }[] }>('POST', '/composite/batch', {
      body: { batchRequests },
    });
    expect([reply.body.hasErrors, reply.body.results.map((result) => result.statusCode)]).toEqual([true, [200, 201, 404, 404]]);
    const halted = await t.call<{ results: { statusCode: number }[] }>('POST', '/composite/batch', {
      body: { haltOnError: true, batchRequests: batchRequests.slice(2) },
    });
    expect(halted.body.results.map((result) => result.statusCode)).toEqual([404, 412]);
  });

  it('inserts trees, all or none', async () => {
    const records = (last: string | null) => [
      {
        attributes: { type: 'Account', referenceId: 'a' },
        Name: 'Tree',
        Contacts: {
          records: [
            { attributes: { type: 'Contact', referenceId: 'c1' }, LastName: 'Leaf' },
            { attributes: { type: 'Contact', referenceId: 'c2' }, LastName: last },
          ],
        },
      },
    ];
    const bad = await t.call<{ results: { referenceId: string }[] }>('POST', '/composite/tree/Account', {
      body: { records: records(null) },
    });
    expect([bad.status, bad.body.results.map((result) => result.referenceId)]).toEqual([400, ['c2']]);
    const good = await t.call<{ hasErrors: boolean; results: { referenceId: string }[] }>('POST', '/composite/tree/Account/', {
      body: { records: records('Second') },
    });
    expect([good.status, good.body.results.map((result) => result.referenceId)]).toEqual([201, ['a', 'c1', 'c2']]);
    expect(await t.soql("SELECT Id FROM Contact WHERE Account.Name = 'Tree'")).toHaveLength(2);
  });
});
