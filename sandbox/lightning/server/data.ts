/** What the page asks as the signed-in user: Apex methods, records, lists, search, notifications. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Catalogue } from '../apex/catalogue.ts';
import { runPlan } from '../apex/run.ts';
import type { AppMetadata } from '../metadata/app.ts';
import type { OrgClient } from '../org/client.ts';
import { customPermissionsOf } from '../org/model.ts';
import { readUiRecord, UiRecordError } from '../org/ui-record.ts';
import { readList, readRecord, searchRecords, type RecordSource } from '../org/records.ts';
import { withNamespace } from '../apex/query.ts';
import type { Users } from './users.ts';

export interface DataDeps {
  org: OrgClient;
  users: Users;
  app: () => AppMetadata;
  catalogue: () => Catalogue;
  label: (name: string) => string;
}

const id = z.string().regex(/^[a-zA-Z0-9]{15,18}$/);
const fieldNames = z.array(z.string().regex(/^\w+(\.\w+)+$/));
const uiRecordBody = z.object({ recordId: id, fields: fieldNames, optionalFields: fieldNames });

export function registerData(app: FastifyInstance, deps: DataDeps): void {
  const { org, users } = deps;

  app.post<{ Params: { name: string }; Body: Record<string, unknown> | undefined }>('/__shell/apex/:name', async (request, reply) => {
    const plan = deps.catalogue().get(request.params.name);
    const refuse = (message: string) =>
      reply.code(500).send({ message, exceptionType: 'System.NoSuchMethodException', isUserDefinedException: false, stackTrace: '' });
    if (!plan) return refuse(`No @AuraEnabled Apex method ${request.params.name}`);
    if (request.headers['x-wired'] && !plan.cacheable) return refuse(`${plan.name} cannot be used with @wire: it is not cacheable`);
    const user = await users.current(request.cookies);
    const { orgId, namespace } = await users.facts();
    const permissions = customPermissionsOf(user, deps.app());
    const outcome = await runPlan(plan, request.body ?? {}, {
      org,
      username: user.username,
      orgId,
      namespace,
      permissions,
      label: deps.label,
    });
    if (!outcome.ok) return reply.code(outcome.status).send(outcome.body);
    return reply.type('application/json').send(JSON.stringify(outcome.value ?? null));
  });

  const source = async (cookies: Record<string, string | undefined>): Promise<RecordSource> => {
    const user = await users.current(cookies);
    return { org, username: user.username, namespace: (await users.facts()).namespace, layouts: deps.app().layouts };
  };

  app.get<{ Params: { object: string; id: string } }>('/__shell/record/:object/:id', async (request, reply) => {
    const found = await readRecord(await source(request.cookies), request.params.object, request.params.id);
    return found ?? reply.code(404).send({ error: 'This record does not exist, or you may not see it.' });
  });

  app.post('/__shell/ui-record', async (request, reply) => {
    try {
      return await readUiRecord(await source(request.cookies), uiRecordBody.parse(request.body));
    } catch (error) {
      if (error instanceof UiRecordError) return reply.code(error.status).send([{ errorCode: error.code, message: error.message }]);
      throw error;
    }
  });

  app.get<{ Params: { object: string }; Querystring: { q?: string } }>('/__shell/list/:object', async (request, reply) => {
    const found = await readList(await source(request.cookies), request.params.object, request.query.q ?? '');
    return found ?? reply.code(404).send({ error: 'This list does not exist.' });
  });

  app.get<{ Querystring: { q?: string } }>('/__shell/search', async (request) => {
    const from = await source(request.cookies);
    const objects = ['Contact', 'Lead', 'Account', withNamespace('Conversation__c', from.namespace)];
    return { items: await searchRecords(from, objects, (request.query.q ?? '').slice(0, 100)) };
  });

  app.get('/__shell/notifications', async (request) => {
    const { username } = await users.current(request.cookies);
    const response = await org.open(`/__sandbox/notifications?username=${encodeURIComponent(username)}`, AbortSignal.timeout(10_000));
    return response.json();
  });
}
