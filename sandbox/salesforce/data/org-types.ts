import type { DatabaseSync } from 'node:sqlite';
import type { OrgClock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Capture } from './changes/capture.ts';
import type { ChangeLog } from './changes/log.ts';
import type { OrgMetadata } from './metadata/read.ts';
import type { Schema } from './schema.ts';
import type { Refusals } from './refusals.ts';
import type { Users } from './users.ts';

export interface OpenOrgOptions {
  /** SQLite file, or `:memory:`. An existing file is opened as it is; new objects and fields are added to it. */
  file: string;
  /** Namespace under which force-app is "installed"; own names then read `ns__Name__c`. */
  namespace?: string | undefined;
  /** 15 or 18 characters. */
  orgId?: string | undefined;
  /** Folder(s) with metadata; default the repository's force-app. */
  sourceDir?: string | undefined;
  clock?: { now(): Date } | undefined;
}

/** A row as stored: API names to text, number or null (booleans are 0 and 1, instants ISO text). */
export type Row = Record<string, string | number | null>;

/** Plain values of a record as a client sends them. */
export type Values = Record<string, unknown>;

export interface Org {
  readonly db: DatabaseSync;
  /** 18 characters. */
  readonly orgId: string;
  /** Empty when the org has none. */
  readonly namespace: string;
  readonly schema: Schema;
  /** What force-app declares besides objects: permission sets, credentials, notification types, queues. */
  readonly metadata: OrgMetadata;
  readonly clock: OrgClock;
  readonly events: EventBus;
  /** Change events of captured objects. */
  readonly changes: ChangeLog;
  readonly capture: Capture;
  readonly users: Users;
  /** Writes of users that are refused on purpose. */
  readonly refusals: Refusals;
  /** Knobs that the control surface may turn. */
  readonly settings: {
    /** Seconds (of the org's clock) until a written record can be found by SOSL. Default 2. */
    searchDelaySeconds: number;
    /** Bulk jobs stay where they are. Who turns it off asks for the job, and it goes on. Default false. */
    jobsWait: boolean;
  };
  /** Own name as this org spells it: `own('Message__c')` → `ns__Message__c` with a namespace. Standard names stay. */
  own(name: string): string;
  /** One all-or-nothing transaction; nested calls are savepoints. Events published immediately survive a roll-back. */
  tx<T>(work: () => T): T;
  /** Inserts a record as the platform itself (no rights checked), validated like any other; answers its 18-character id. */
  insert(object: string, values: Values): string;
  /** Updates a record as the platform itself. */
  update(object: string, id: string, values: Values): void;
  /** Runs SOQL; without a user as the platform itself. All rows, no paging. */
  query(soql: string, userId?: string): Record<string, unknown>[];
  /** Raw row by id, deleted rows too. */
  row(object: string, id: string): Row | undefined;
  /** Back to an org freshly installed: base rows only (users, profiles, queues, credentials), tables of others untouched. */
  reset(): void;
  close(): void;
}
