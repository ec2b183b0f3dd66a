/** What a task or event does to the records it is about. */
import type { Engine } from '../engine.ts';
import { quote } from '../tables.ts';

const OBJECT_OF_PREFIX: Readonly<Record<string, string>> = { '003': 'Contact', '00Q': 'Lead', '001': 'Account' };

/**
 * `LastActivityDate` of people and accounts: the newest of the due dates of their completed tasks and of their events (vendor
 * documentation of the field). A contact's activity counts for its account too.
 */
export function noteActivity(engine: Engine, object: 'Task' | 'Event', id: string): void {
  const [row] = engine.store.rows(`SELECT * FROM ${quote(object)} WHERE "Id" = ?`, [id]);
  const day = row?.['ActivityDate'];
  if (!row || typeof day !== 'string' || (object === 'Task' && row['Status'] !== 'Completed')) return;
  const about = [row['WhoId'], row['WhatId']].filter((value): value is string => typeof value === 'string');
  for (const recordId of about) {
    raise(engine, recordId, day);
    if (OBJECT_OF_PREFIX[recordId.slice(0, 3)] !== 'Contact') continue;
    const [contact] = engine.store.rows('SELECT "AccountId" AS id FROM "Contact" WHERE "Id" = ?', [recordId]);
    if (typeof contact?.['id'] === 'string') raise(engine, contact['id'], day);
  }
}

function raise(engine: Engine, recordId: string, day: string): void {
  const object = OBJECT_OF_PREFIX[recordId.slice(0, 3)];
  if (!object) return;
  engine.store
    .prepare(`UPDATE ${quote(object)} SET "LastActivityDate" = ? WHERE "Id" = ? AND ("LastActivityDate" IS NULL OR "LastActivityDate" < ?)`)
    .run(day, recordId, day);
}
