import { expect, it } from 'vitest';
import { SearchRefusedError, type Candidate } from '../../directory/index.ts';
import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Conversation } from '../types.ts';
import { matchConversations } from './matching.ts';

const NUMBER = '+14155550123';
const conversation = {
  id: 'c1',
  customerNumber: NUMBER,
  ourNumber: '+14155550100',
  recordObject: null,
  recordId: null,
  ownerId: null,
  matchedAt: null,
} as Conversation;
const kept: Candidate = {
  object: 'Contact',
  id: '003000000000001AAA',
  name: 'Maya',
  ownerId: null,
  accountId: null,
  field: { name: 'MobilePhone', label: 'Mobile' },
  activityAt: null,
  changedAt: new Date(0),
  isKept: true,
};
const refused = new SearchRefusedError('INVALID_FIELD', true, undefined).butFor(new Map([[NUMBER, [kept]]]));

it.each([
  ['nobody else is looked for', () => Promise.resolve(new Map([[NUMBER, [kept]]]))],
  ['the org refuses to search for others', () => Promise.reject(refused)],
])('a text of somebody who is kept here is theirs where %s, which says nothing about rights', async (_how, findByNumbers) => {
  const viewer = { orgId: 'org', connectionId: 'main', rightsVersion: 0 };
  const input = { viewer, sf: {} as SalesforceClient, conversations: [conversation], numbers: [], phoneFields: [], now: new Date() };
  const [match] = await matchConversations({ findByNumbers } as never, input);
  expect(match).toMatchObject({ recordId: kept.id, note: 'Contact Maya has this number (Mobile).' });
  expect([match?.searched ?? false, match?.again ?? false]).toEqual([false, false]);
});
