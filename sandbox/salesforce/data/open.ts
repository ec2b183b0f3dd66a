/** Opens an org: metadata → schema → tables → base rows, and the object that the rest of the sandbox holds. */
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { OpenOrgOptions, Org } from './org-types.ts';
import { ensureBase } from './base.ts';
import { clearBulkTables, createBulkTables } from './bulk/jobs.ts';
import { makeJobRunner } from './bulk/runner.ts';
import { makeClock } from './clock.ts';
import { makeCapture } from './changes/capture.ts';
import { makeChangeLog } from './changes/log.ts';
import { createRecord } from './dml/create.ts';
import { updateRecord } from './dml/update.ts';
import { systemActor, userActor } from './engine.ts';
import type { Engine } from './engine.ts';
import { SalesforceError } from './errors.ts';
import { makeEventBus } from './events.ts';
import { makeId, normaliseId } from './ids.ts';
import { objectFromFile, withNamespace } from './metadata/objects.ts';
import { readMetadata } from './metadata/read.ts';
import type { ObjectFile, OrgMetadata } from './metadata/read.ts';
import { customField } from './metadata/objects.ts';
import { flag } from './metadata/xml.ts';
import { standardObjects } from './metadata/standard.ts';
import type { ObjectDef } from './model.ts';
import { makeSchema } from './schema.ts';
import { createSearchTables } from './sosl/index-store.ts';
import { makeRefusals } from './refusals.ts';
import { runQuery } from './soql/run.ts';
import { makeStore } from './store.ts';
import type { Store } from './store.ts';
import { createTables } from './tables.ts';
import { makeUsers } from './users.ts';

const FORCE_APP = fileURLToPath(new URL('../../../force-app', import.meta.url));
const DEFAULT_ORG_ID = makeId('00D', 1);

/** Opens or creates an org. See OpenOrgOptions. Throws when the metadata cannot be read. */
export function openOrg(options: OpenOrgOptions): Org {
  const db = new DatabaseSync(options.file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;');
  db.function('sf_fold', { deterministic: true }, (value) => (value === null ? null : String(value).toLowerCase()));
  const store = makeStore(db);
  const namespace = options.namespace ?? '';
  const metadata = readMetadata(options.sourceDir ?? FORCE_APP);
  const schema = makeSchema(namespace, buildObjects(metadata, namespace, store));
  createTables(db, schema.objects);
  createSearchTables(db);
  createBulkTables(db);
  const orgId = normaliseId(options.orgId ?? DEFAULT_ORG_ID);
  if (!orgId?.startsWith('00D')) throw new SalesforceError(400, 'MALFORMED_ID', `not an organization id: ${options.orgId ?? ''}`);
  const clock = makeClock(options.clock);
  const events = makeEventBus(db, clock);
  const changes = makeChangeLog(db, clock);
  const captured = new Set(metadata.channelMembers.map(({ object }) => withNamespace(namespace, object)));
  const capture = makeCapture(store, changes, clock, (object) => captured.has(object.name));
  const users = makeUsers(db, metadata);
  const settings = { searchDelaySeconds: 2, jobsWait: false };
  const known = (name: string): ObjectDef => {
    const object = schema.object(name);
    if (!object) throw new SalesforceError(400, 'INVALID_TYPE', `no such object: ${name}`);
    return object;
  };
  const engine: Engine = {
    db,
    store,
    orgId,
    namespace,
    schema,
    metadata,
    clock,
    events,
    changes,
    capture,
    users,
    refusals: makeRefusals(),
    settings,
    own: (name) => withNamespace(namespace, name),
    tx: (work) => store.tx(work),
    insert: (object, values) => store.tx(() => createRecord(engine, systemActor(engine), known(object), values)),
    update: (object, id, values) => store.tx(() => updateRecord(engine, systemActor(engine), known(object), id, values)),
    query: (soql, userId) => runQuery(engine, userId === undefined ? systemActor(engine) : userActor(engine, userId), soql).records,
    row: (object, id) => store.row(known(object), normaliseId(id) ?? id),
    reset() {
      engine.refusals.clear();
      store.tx(() => {
        for (const object of schema.objects) {
          if (object.kind !== 'event') db.exec(`DELETE FROM "${object.name}"`);
        }
        store.resetCounters('prefix:');
        db.exec('DELETE FROM sys_search_doc; DELETE FROM sys_search; DELETE FROM sys_search_due; DELETE FROM sys_locator');
        clearBulkTables(db);
        events.clear();
        changes.clear();
        Object.assign(capture.faults, { lose: 0, gap: 0, overflow: 0 });
        users.forgetRights();
        ensureBase(engine, orgId);
      });
      users.forgetRights();
    },
    jobs: makeJobRunner(() => engine),
    close: () => {
      engine.jobs.stop();
      db.close();
    },
  };
  db.exec(
    'CREATE TABLE IF NOT EXISTS sys_locator (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, session_id TEXT NOT NULL, query TEXT NOT NULL, all_rows INTEGER NOT NULL, ids TEXT NOT NULL, created_ms INTEGER NOT NULL)',
  );
  store.tx(() => ensureBase(engine, orgId));
  engine.jobs.wake();
  return engine;
}

function buildObjects(metadata: OrgMetadata, namespace: string, store: Store): ObjectDef[] {
  const objects = standardObjects();
  const byName = new Map(objects.map((object) => [object.name, object]));
  for (const file of metadata.objects) {
    const standard = byName.get(file.name);
    // The platform keeps the custom fields of tasks and events in one place.
    if (file.name === 'Activity') for (const name of ['Task', 'Event']) addFields(byName.get(name) as ObjectDef, file, namespace);
    else if (standard) addFields(standard, file, namespace);
    else if (/__[ce]$/.test(file.name)) objects.push(objectFromFile(file, namespace, keyPrefix(store, file.name)));
  }
  const active = metadata.objects
    .filter((file) => flag(file.object, 'enableActivities'))
    .map((file) => withNamespace(namespace, file.name));
  for (const name of ['Task', 'Event']) {
    const what = byName.get(name)?.fields.get('whatid');
    if (what) what.referenceTo = [...what.referenceTo, ...objects.map((object) => object.name).filter((own) => active.includes(own))];
  }
  return objects;
}

function addFields(object: ObjectDef, file: ObjectFile, namespace: string): void {
  for (const xml of file.fields) {
    const field = customField(xml, namespace, false);
    object.fields.set(field.name.toLowerCase(), field);
  }
}

/** Custom objects get `a00`, `a01` …, events `e00` …, in the order in which the org first saw them; an org never changes them. */
function keyPrefix(store: Store, name: string): string {
  const family = name.endsWith('__e') ? 'e' : 'a';
  const known = store.prepare('SELECT value FROM sys_counter WHERE name = ?').get(`prefix:${name}`) as { value: number } | undefined;
  const index = known ? known.value : store.next(`prefix:next:${family}`);
  if (!known) store.next(`prefix:${name}`, index);
  return `${family}${String(index - 1).padStart(2, '0')}`;
}
