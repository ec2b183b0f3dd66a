import type { FastifyInstance, FastifyRequest } from 'fastify';
import { makeId } from '../org.ts';
import type { Org, OrgSession } from '../org.ts';
import { SalesforceError } from '../org.ts';

/** A custom notification as its recipient finds it behind the bell. */
export interface StoredNotification {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  /** Developer name of the notification type. */
  readonly type: string;
  readonly title: string;
  readonly body: string;
  readonly targetId: string | null;
  readonly targetPageRef: string | null;
  readonly senderId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

export interface Notifications {
  /** Newest first. */
  list(userId?: string): StoredNotification[];
  add(entry: Omit<StoredNotification, 'id' | 'at' | 'username'>): StoredNotification;
  listen(listener: (notification: StoredNotification) => void): () => void;
  clear(): void;
}

/** Opens the table of delivered notifications in the org's database. */
export function openNotifications(org: Org): Notifications {
  const { db, clock } = org;
  db.exec(`CREATE TABLE IF NOT EXISTS plat_notification (n INTEGER PRIMARY KEY, user_id TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
    body TEXT NOT NULL, target_id TEXT, page_ref TEXT, sender_id TEXT NOT NULL, at TEXT NOT NULL)`);
  const insert = db.prepare(
    'INSERT INTO plat_notification (user_id, type, title, body, target_id, page_ref, sender_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const one = db.prepare('SELECT * FROM plat_notification WHERE n = ?');
  const all = db.prepare('SELECT * FROM plat_notification ORDER BY n DESC LIMIT 1000');
  const listeners = new Set<(notification: StoredNotification) => void>();

  function toNotification(row: Record<string, unknown>): StoredNotification {
    const userId = String(row['user_id']);
    return {
      id: makeId('0XN', Number(row['n'])),
      userId,
      username: org.users.byId(userId)?.username ?? '',
      type: String(row['type']),
      title: String(row['title']),
      body: String(row['body']),
      targetId: row['target_id'] as string | null,
      targetPageRef: row['page_ref'] as string | null,
      senderId: String(row['sender_id']),
      at: String(row['at']),
    };
  }

  return {
    list: (userId) =>
      all
        .all()
        .map(toNotification)
        .filter((entry) => userId === undefined || entry.userId === userId),
    add(entry) {
      const { userId, type, title, body, targetId, targetPageRef, senderId } = entry;
      const { lastInsertRowid } = insert.run(userId, type, title, body, targetId, targetPageRef, senderId, clock.now().toISOString());
      const stored = toNotification(one.get(lastInsertRowid) as Record<string, unknown>);
      for (const listener of listeners) listener(stored);
      return stored;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => db.exec('DELETE FROM plat_notification'),
  };
}

const MAX = { title: 250, body: 750, recipients: 500 };

/** The standard invocable action `customNotificationAction`; the caller needs the permission "Send Custom Notifications". */
export function registerNotificationAction(
  app: FastifyInstance,
  deps: { org: Org; notifications: Notifications; requireSession: (request: FastifyRequest) => OrgSession },
): void {
  const { org, notifications, requireSession } = deps;
  const url = '/services/data/:version/actions/standard/customNotificationAction';

  app.get(url, async (request) => {
    requireSession(request);
    const input = (name: string, required: boolean, maxOccurs = 1) => ({ name, type: 'STRING', required, maxOccurs, label: name });
    return {
      name: 'customNotificationAction',
      label: 'Send Custom Notification',
      type: 'CUSTOMNOTIFICATIONACTION',
      standard: true,
      inputs: [
        input('customNotifTypeId', true),
        input('recipientIds', true, MAX.recipients),
        input('title', true),
        input('body', true),
        input('senderId', false),
        input('targetId', false),
        input('targetPageRef', false),
      ],
      outputs: [{ name: 'SuccessMessage', type: 'STRING', maxOccurs: 1, label: 'Success Message' }],
    };
  });

  app.post<{ Body: { inputs?: unknown } | undefined }>(url, async (request, reply) => {
    const session = requireSession(request);
    if (!org.users.rights(session.userId).systemPermissions.has('SendCustomNotifications')) {
      throw new SalesforceError(403, 'INSUFFICIENT_ACCESS', 'You need the Send Custom Notifications permission.');
    }
    const inputs = request.body?.inputs;
    if (!Array.isArray(inputs) || inputs.length === 0) throw new SalesforceError(400, 'INVALID_INPUT', 'inputs is required');
    const results = inputs.map((input) => send((input ?? {}) as Record<string, unknown>, session));
    return reply.code(results.every((result) => result.isSuccess) ? 200 : 400).send(results);
  });

  function send(input: Record<string, unknown>, session: OrgSession) {
    const refusal = check(input);
    if (refusal) {
      return {
        actionName: 'customNotificationAction',
        errors: [{ statusCode: refusal[0], message: refusal[1], fields: [] }],
        isSuccess: false,
        outputValues: null,
      };
    }
    const text = (name: string): string | null => (typeof input[name] === 'string' && input[name] !== '' ? input[name] : null);
    const type = typeName(text('customNotifTypeId') ?? '') ?? '';
    for (const userId of recipients(input['recipientIds'] as string[])) {
      notifications.add({
        userId,
        type,
        title: text('title') ?? '',
        body: text('body') ?? '',
        targetId: text('targetId'),
        targetPageRef: text('targetPageRef'),
        senderId: text('senderId') ?? session.userId,
      });
    }
    return {
      actionName: 'customNotificationAction',
      errors: null,
      isSuccess: true,
      outputValues: { SuccessMessage: 'Your custom notification is processed successfully.' },
    };
  }

  function check(input: Record<string, unknown>): [string, string] | undefined {
    for (const name of ['customNotifTypeId', 'title', 'body'] as const) {
      if (typeof input[name] !== 'string' || input[name] === '') return ['MISSING_ARGUMENT', `Missing required input parameter: ${name}`];
    }
    const ids = input['recipientIds'];
    if (!Array.isArray(ids) || ids.length === 0) return ['MISSING_ARGUMENT', 'Missing required input parameter: recipientIds'];
    if (ids.length > MAX.recipients) return ['INVALID_ARGUMENT_TYPE', `At most ${MAX.recipients} recipients`];
    if (typeof input['targetId'] !== 'string' && typeof input['targetPageRef'] !== 'string') {
      return ['MISSING_ARGUMENT', 'Specify either a targetId or a targetPageRef'];
    }
    if ((input['title'] as string).length > MAX.title) return ['STRING_TOO_LONG', `title: at most ${MAX.title} characters`];
    if ((input['body'] as string).length > MAX.body) return ['STRING_TOO_LONG', `body: at most ${MAX.body} characters`];
    if (typeName(input['customNotifTypeId'] as string) === undefined) return ['INVALID_CROSS_REFERENCE_KEY', 'invalid customNotifTypeId'];
    return undefined;
  }

  /** Developer name of a notification type by its 15- or 18-character id. */
  function typeName(id: string): string | undefined {
    const row = org.db
      .prepare('SELECT "DeveloperName" AS name FROM "CustomNotificationType" WHERE substr("Id", 1, 15) = ?')
      .get(id.slice(0, 15));
    return row?.['name'] as string | undefined;
  }

  /** Active users among the ids; a queue or group stands for its members. Ids of anything else reach nobody. */
  function recipients(ids: readonly string[]): Set<string> {
    const members = org.db.prepare('SELECT "UserOrGroupId" AS id FROM "GroupMember" WHERE substr("GroupId", 1, 15) = ?');
    const found = new Set<string>();
    for (const id of ids) {
      const expanded = id.startsWith('00G') ? members.all(id.slice(0, 15)).map((row) => String(row['id'])) : [id];
      for (const user of org.users.list())
        if (user.isActive && expanded.some((entry) => entry.slice(0, 15) === user.id.slice(0, 15))) found.add(user.id);
    }
    return found;
  }
}
