import { recordErrors } from './composite.ts';
import { SalesforceError } from './errors.ts';
import type { NameMapper } from './namespace.ts';
import type { Send } from './send.ts';
import type { CredentialRequest, DescribeField, DescribeResult, NotificationRequest } from './types.ts';

/** Brings `/describe` to the part the service uses, with bare names. Fields hidden from the user by field-level security are absent. */
export function describeOf(names: NameMapper, body: unknown): DescribeResult {
  const raw = body as DescribeResult;
  return {
    name: names.bare(raw.name),
    label: raw.label,
    createable: raw.createable,
    updateable: raw.updateable,
    deletable: raw.deletable,
    queryable: raw.queryable,
    searchable: raw.searchable,
    fields: raw.fields.map((field: DescribeField) => ({
      name: names.bare(field.name),
      label: field.label,
      type: field.type,
      length: field.length,
      createable: field.createable,
      updateable: field.updateable,
      filterable: field.filterable,
      externalId: field.externalId,
      referenceTo: (field.referenceTo ?? []).map(names.bare),
      relationshipName: field.relationshipName ? names.bare(field.relationshipName) : null,
    })),
  };
}

/**
 * The invocable action `customNotificationAction` takes the id of the notification type, not its name, so the type is read first, unless `types`
 * (ids by name, of this org) knows it. Several notifications go out in one call. Only that call can ring: a type that could not be read means for
 * certain that nobody was told (`sent: 'no'`), so that callers who must not ring twice may try again.
 */
export async function notify(
  send: Send,
  names: NameMapper,
  types: Map<string, string>,
  typeName: string,
  notifications: readonly NotificationRequest[],
): Promise<void> {
  const typeId = types.get(typeName) ?? (await readNotificationType(send, names, typeName));
  types.set(typeName, typeId);
  const inputs = notifications.map((notification) => ({
    customNotifTypeId: typeId,
    recipientIds: notification.recipientIds,
    title: notification.title.slice(0, 250),
    body: notification.body.slice(0, 750),
    ...(notification.targetId ? { targetId: notification.targetId } : {}),
    ...(notification.targetPageRef ? { targetPageRef: notification.targetPageRef } : {}),
  }));
  try {
    const answer = await send({ method: 'POST', path: '/actions/standard/customNotificationAction', body: { inputs } });
    const results = (Array.isArray(answer) ? answer : [answer]) as ({ isSuccess?: boolean; errors?: unknown } | undefined)[];
    const result = results.find((item) => item?.isSuccess !== true);
    if (result || results.length === 0) {
      const errors = recordErrors(result?.errors ?? []);
      throw new SalesforceError({ message: errors[0]?.code ?? 'notification refused', status: 200, errors, sent: 'yes' });
    }
  } catch (error) {
    // A package that was installed anew has a new type: a refusal is no reason to keep the old id.
    types.delete(typeName);
    throw error;
  }
}

async function readNotificationType(send: Send, names: NameMapper, typeName: string): Promise<string> {
  const where = `DeveloperName = '${escapeSoql(typeName)}'${names.namespace ? ` AND NamespacePrefix = '${escapeSoql(names.namespace)}'` : ''}`;
  const soql = `SELECT Id FROM CustomNotificationType WHERE ${where} LIMIT 1`;
  const found = (await send({ method: 'GET', path: `/query?q=${encodeURIComponent(soql)}` }).catch(asNotSent)) as {
    records: { Id: string }[];
  };
  const typeId = found.records[0]?.Id;
  if (!typeId) {
    const errors = [{ code: 'NOT_FOUND', message: `The notification type ${typeName} is not installed.`, fields: [] }];
    throw new SalesforceError({ message: 'NOT_FOUND', status: 404, errors, sent: 'yes' });
  }
  return typeId;
}

function asNotSent(error: unknown): never {
  if (!(error instanceof SalesforceError) || error.sent !== 'maybe') throw error;
  throw new SalesforceError({
    message: error.message,
    status: error.status,
    errors: error.errors,
    sent: 'no',
    ...(error.fault === null ? {} : { fault: error.fault }),
    ...(error.plainText === null ? {} : { plainText: error.plainText }),
    ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
    cause: error,
  });
}

/**
 * `named-credentials/credential` of the Connect REST API: POST creates the parameters and refuses when they exist, PUT replaces them. The
 * developer name is the fully qualified one.
 */
export async function writeCredential(send: Send, names: NameMapper, credential: CredentialRequest): Promise<void> {
  const body = {
    externalCredential: names.developerName(credential.externalCredential),
    principalName: credential.principal,
    principalType: 'NamedPrincipal',
    authenticationProtocol: 'Custom',
    credentials: Object.fromEntries(Object.entries(credential.parameters).map(([name, value]) => [name, { value, encrypted: true }])),
  };
  const path = '/named-credentials/credential';
  try {
    await send({ method: 'POST', path, body });
  } catch (error) {
    const refused =
      error instanceof SalesforceError && error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 403;
    if (!refused || error.status === 404) throw error;
    await send({ method: 'PUT', path, body });
  }
}

/** Escapes a value for a SOQL string literal (SOQL and SOSL reference, "Quoted String Escape Sequences"). */
export function escapeSoql(value: string): string {
  return value
    .replace(/['"\\]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r');
}

/** Escapes a term for SOSL's `FIND {term}`: reserved characters lose their meaning. */
export function escapeSosl(value: string): string {
  return value.replace(/[?&|!{}[\]()^~*:\\"'+-]/g, '\\$&');
}
