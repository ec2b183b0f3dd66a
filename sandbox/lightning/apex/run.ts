/** Runs a plan as a signed-in user: a read in the sandbox org, a command through the org's named credential. */
import { OrgError, type CalloutAnswer, type OrgClient } from '../org/client.ts';
import type { CommandPlan, Plan, ReadPlan } from './plans.ts';
import { ParameterError, apexRecord, readArguments, renderQuery, searchLists, type Arguments } from './query.ts';

/** What the browser gets besides a result: the body of an error answer, as the platform words it. */
export interface ApexFailure {
  message: string;
  exceptionType: string;
  isUserDefinedException: boolean;
  stackTrace: string;
}

export type ApexOutcome = { ok: true; value: unknown } | { ok: false; status: number; body: ApexFailure };

export interface RunOptions {
  org: OrgClient;
  username: string;
  orgId: string;
  namespace: string;
  /** Custom permissions of that user, without namespace. */
  permissions: ReadonlySet<string>;
  /** Text of a custom label, for the refusals that Access and ServiceClient word. */
  label: (name: string) => string;
}

/** Never throws for what a page may cause; faults of the sandbox itself become an error answer too. */
export async function runPlan(plan: Plan, given: Arguments, options: RunOptions): Promise<ApexOutcome> {
  try {
    const values = readArguments(plan.parameters, given);
    return { ok: true, value: plan.kind === 'read' ? await read(plan, values, options) : await command(plan, values, options) };
  } catch (error) {
    if (error instanceof Problem) return failure('System.AuraHandledException', error.message);
    if (error instanceof ParameterError) return failure('System.TypeException', error.message);
    if (error instanceof OrgError) return failure('System.QueryException', error.message);
    throw error;
  }
}

async function read(plan: ReadPlan, values: Arguments, { org, username, namespace }: RunOptions): Promise<unknown> {
  const userId = await org.userId(username);
  const query = renderQuery(plan.language, plan.query, plan.parameters, values, { userId, namespace });
  if (plan.language === 'sosl') {
    const { searchRecords } = await org.rest<{ searchRecords: [] }>(username, `/search?q=${encodeURIComponent(query)}`);
    return searchLists(query, searchRecords);
  }
  const rows: Record<string, unknown>[] = [];
  let path: string | undefined = `/query?q=${encodeURIComponent(query)}`;
  while (path) {
    const page: { records: Record<string, unknown>[]; nextRecordsUrl?: string } = await org.rest(username, path);
    rows.push(...page.records.map(apexRecord));
    path = page.nextRecordsUrl;
  }
  return rows;
}

async function command(plan: CommandPlan, values: Arguments, options: RunOptions): Promise<unknown> {
  const { org, username, orgId, namespace, permissions, label } = options;
  if (!permissions.has(plan.permission)) {
    const detail = label('Core_Missing_Permission_Detail').replace('{0}', plan.permissionSet);
    throw problem('missing_permission', label('Core_Missing_Permission'), detail, 403);
  }
  const body = plan.body ? values[plan.body] : null;
  const key = plan.key ? values[plan.key] : null;
  const answer = await org.callout({
    username,
    method: plan.verb,
    path: fill(plan, values),
    headers: {
      Accept: 'application/json',
      'X-User-Id': await org.userId(username),
      'X-Org-Id': orgId,
      ...(namespace ? { 'X-Namespace': namespace } : {}),
      ...(key ? { 'Idempotency-Key': String(key) } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return readAnswer(answer, label);
}

function fill(plan: CommandPlan, values: Arguments): string {
  return plan.path.replace(/\{(\d+)\}/g, (_, index: string) => {
    const value = values[plan.pathValues[Number(index)] ?? ''];
    return encodeURIComponent(value === null || value === undefined ? '' : String(value));
  });
}

// The same cases, codes and labels as ServiceClient.cls.
function readAnswer({ status, body, refused }: CalloutAnswer, label: RunOptions['label']): unknown {
  if (status === 401 || refused !== undefined)
    throw problem('not_registered', label('Core_Not_Registered'), label('Core_Not_Registered_Detail'), 401);
  if (status === 0) {
    throw problem('service_unreachable', label('Core_Service_Unreachable'), label('Core_Service_Unreachable_Detail'), 0);
  }
  const content = parse(body);
  const fine = status >= 200 && status < 300;
  if (content === UNREADABLE || (!fine && (typeof content !== 'object' || content === null || Array.isArray(content)))) {
    const detail = label('Core_Unreadable_Answer_Detail').replace('{0}', String(status));
    throw problem('unreadable_answer', label('Core_Unreadable_Answer'), detail, status);
  }
  if (fine) return content;
  const { code, title, detail, errors } = content as Record<string, unknown>;
  throw problem(code, title, detail, status, errors);
}

const UNREADABLE = Symbol('unreadable');

function parse(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

/** An AuraHandledException whose message is the JSON that pages read. */
class Problem extends Error {
  override readonly name = 'Problem';
}

function problem(code: unknown, title: unknown, detail: unknown, status: number, errors?: unknown): Problem {
  const content = { code: code ?? null, title: title ?? null, detail: detail ?? null, status };
  return new Problem(JSON.stringify(errors === undefined || errors === null ? content : { ...content, errors }));
}

function failure(exceptionType: string, message: string): ApexOutcome {
  return { ok: false, status: 500, body: { message, exceptionType, isUserDefinedException: false, stackTrace: '' } };
}
