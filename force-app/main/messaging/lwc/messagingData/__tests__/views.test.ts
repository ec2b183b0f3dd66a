import { appendPage, applyFirstPage, nextBefore, NO_LIMIT_TIME, outcomeOf, toCard, toConversation, toMessage } from 'c/messagingData';
import { cardRequest, phonesOf, toConsent, toSearchHits, searchTerm } from 'c/messagingData';
import type { UiRecord } from 'c/messagingData';
import { conversationRow, messageRow, uiRecord } from './samples';

const views = (...numbers: number[]) => numbers.map((number) => toConversation(conversationRow(number)));
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe('view models', () => {
  it('turns a row into a conversation', () => {
    expect(toConversation(conversationRow(3, { Contact__c: '003A', Contact__r: { Name: 'Rosa' }, UnreadCount__c: 2 }))).toMatchObject({
      id: 'c-3',
      name: 'Customer 3',
      unread: 2,
      lastWasOurs: false,
      ownerName: 'Ada Agent',
      record: { id: '003A', object: 'Contact', name: 'Rosa' },
    });
  });

  it('prefers the contact of a converted lead, then lead, then account, and knows an unknown number', () => {
    expect(toConversation(conversationRow(1, { Lead__c: '00Q', Contact__c: '003' })).record?.object).toBe('Contact');
    expect(toConversation(conversationRow(1, { Lead__c: '00Q', Account__c: '001' })).record?.object).toBe('Lead');
    expect(toConversation(conversationRow(1)).record).toBeUndefined();
  });

  it('copes with fields the user may not see', () => {
    expect(toConversation({ Id: 'a' })).toMatchObject({ id: '', name: '', unread: 0, optedOut: false, ownerName: '' });
    expect(toMessage({ Id: 'a' })).toMatchObject({ body: '', media: [], sent: 'Unknown', sequence: undefined });
  });

  it('reads media and ignores a list that was cut', () => {
    const media = [{ id: 'x', contentType: 'image/png', bytes: 3, fileName: 'a.png' }];
    expect(toMessage(messageRow(1, { Media__c: JSON.stringify([...media, null, {}]) })).media).toEqual(media);
    expect(toMessage(messageRow(1, { Media__c: '[{"id":"x"' })).media).toEqual([]);
  });

  it.each([
    [{ SentStatus__c: 'Received' }, 'received'],
    [{ SentStatus__c: 'Queued', DeliveryStatus__c: undefined }, 'waiting'],
    [{ SentStatus__c: 'Sending', DeliveryStatus__c: undefined }, 'waiting'],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Pending' }, 'sent'],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Delivered' }, 'delivered'],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Undelivered' }, 'failed'],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Failed' }, 'failed'],
    [{ SentStatus__c: 'Failed', DeliveryStatus__c: undefined }, 'failed'],
    [{ SentStatus__c: 'Unknown', DeliveryStatus__c: undefined }, 'unknown'],
  ])('sums %j up as %s', (fields, outcome) => {
    expect(outcomeOf(toMessage(messageRow(2, fields)))).toBe(outcome);
  });

  it('shows a card’s filled fields and offers its phones', () => {
    const values = { Name: 'Rosa', Title: null, MobilePhone: '+14155550101', Email: 'r@example.com', 'Account.Name': 'Acme' };
    const card = toCard('Contact', uiRecord('003', values) as UiRecord);
    expect(card).toMatchObject({ id: '003', object: 'Contact', name: 'Rosa' });
    expect(card.facts.map(({ value }) => value)).toEqual(['Acme', '+14155550101', 'r@example.com']);
    expect(phonesOf(card)).toEqual([{ label: 'c.Msg_Card_Mobile', number: '+14155550101' }]);
    expect(phonesOf(undefined)).toEqual([]);
    expect(toCard('Contact', { id: '003', fields: { Account: { value: null } } }).facts).toEqual([]);
  });

  it('shows a picklist as the user’s language calls its value', () => {
    const status = { value: 'Open - Not Contacted', displayValue: 'Offen' };
    const card = toCard('Lead', { id: '00Q', fields: { Name: { value: 'Rosa', displayValue: null }, Status: status } });
    expect(card).toMatchObject({ name: 'Rosa', facts: [{ value: 'Offen' }] });
  });

  it('asks for a card only where there is one', () => {
    expect(cardRequest('Account', '001')).toMatchObject({ id: '001', object: 'Account' });
    expect(cardRequest('Account', '')).toBeUndefined();
    expect(cardRequest('Conversation__c', 'a00')).toBeUndefined();
  });

  it('reads a consent', () => {
    expect(toConsent({ State__c: 'OptedOut', Kind__c: 'Manual', ChangedBy__r: { Name: 'Ada' } })).toMatchObject({
      optedOut: true,
      changedByName: 'Ada',
      keyword: '',
    });
  });
});

describe('pages of a list', () => {
  it('lets a short first page be the whole list', () => {
    expect(ids(applyFirstPage(views(1, 2, 3), views(1), 2))).toEqual(['c-1']);
  });

  it('moves rows, drops vanished ones and keeps older pages', () => {
    const moved = [toConversation(conversationRow(4, { LastMessageAt__c: '2026-11-22T13:00:00.000Z' })), ...views(1)];
    // 2 has left the range of the page (someone else's now); 3 is older than the page
    const known = views(1, 3, 4);
    expect(ids(applyFirstPage(known, moved, 2))).toEqual(['c-4', 'c-1', 'c-3']);
  });

  it('drops a row that lies in the range of the page and is not in it', () => {
    expect(ids(applyFirstPage(views(1, 2, 3, 4), views(1, 3), 2))).toEqual(['c-1', 'c-3', 'c-4']);
  });

  it('adds an older page without doubles and bounds the next one by the last row', () => {
    const list = appendPage(views(1, 2), views(2, 3));
    expect(ids(list)).toEqual(['c-1', 'c-2', 'c-3']);
    expect(nextBefore(list)).toBe('2026-11-22T11:57:00.000Z');
    expect(nextBefore([])).toBe(NO_LIMIT_TIME);
  });
});

describe('search', () => {
  it.each([
    ['rosa', 'rosa*'],
    ['Rosa  Diaz', 'Rosa* Diaz*'],
    ['+1 (415) 555-01', '141555501*'],
    ['a', ''],
    ['  ', ''],
    ['?!', ''],
    ["O'Neil & (co)", "O\\'Neil* \\&* \\(co\\)*"],
    ['żó', 'żó*'],
    ['20% off', '20%* off*'],
  ])('makes of %j the term %j', (typed, term) => {
    expect(searchTerm(typed)).toBe(term);
  });

  it('shows each conversation once, a message hit with its text', () => {
    const message = (id: number, conversation: number) => ({
      Body__c: `found ${id}`,
      OccurredAt__c: '2026-11-01T00:00:00.000Z',
      Conversation__c: 'a00',
      Conversation__r: { ExternalId__c: `c-${conversation}`, Name: `Customer ${conversation}` },
    });
    const hits = toSearchHits([[conversationRow(1)], [message(1, 1), message(2, 2), message(3, 2), { Body__c: 'hidden parent' }]]);
    expect(ids(hits)).toEqual(['c-1', 'c-2']);
    expect(hits[1]).toMatchObject({ preview: 'found 2', name: 'Customer 2', lastAt: '2026-11-01T00:00:00.000Z' });
    expect(toSearchHits([])).toEqual([]);
  });
});
