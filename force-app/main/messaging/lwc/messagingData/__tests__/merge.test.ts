import { applyNewestPage, mergeOutgoing, mergeStored, PAGE_SIZE, toMessage } from 'c/messagingData';
import type { Outgoing } from 'c/messagingData';
import { messagePage, messageRow } from './samples';

const page = (from: number, to: number) => messagePage(from, to).map(toMessage);
const sequences = (messages: { sequence: number | undefined }[]) => messages.map(({ sequence }) => sequence);
const written = (key: string, fields: Partial<Outgoing> = {}): Outgoing => ({
  key,
  body: `written ${key}`,
  from: '',
  createdAt: Date.UTC(2026, 10, 22, 13),
  state: 'posting',
  ...fields,
});

describe('stored messages', () => {
  it('stand oldest first, each once, in their latest reading', () => {
    const merged = mergeStored(page(1, 3), [toMessage(messageRow(2, { DeliveryStatus__c: 'Failed' })), ...page(4, 4)]);
    expect(sequences(merged)).toEqual([1, 2, 3, 4]);
    expect(merged[1]!.delivery).toBe('Failed');
  });

  it('keep older pages under a fresh newest page', () => {
    expect(sequences(applyNewestPage(page(1, 10), page(6, 12)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('drop what vanished from the range of the newest page', () => {
    const without7 = page(6, 9).filter(({ sequence }) => sequence !== 7);
    expect(sequences(applyNewestPage(page(5, 9), without7))).toEqual([5, 6, 8, 9]);
  });

  it('give up older pages rather than show a hole', () => {
    const newest = page(100, 100 + PAGE_SIZE - 1);
    expect(applyNewestPage(page(1, 20), newest)).toHaveLength(PAGE_SIZE);
    // one shared message proves that nothing is missing between the two
    expect(applyNewestPage(page(1, 100), newest)).toHaveLength(99 + PAGE_SIZE);
  });

  it('are gone when the org has none', () => {
    expect(applyNewestPage([], [])).toEqual([]);
  });
});

describe('what was written here', () => {
  it('follows at the end in the order it was written', () => {
    const merged = mergeOutgoing(page(1, 2), [written('a'), written('b', { state: 'failed', problem: undefined })]);
    expect(merged.map(({ key, sent }) => [key, sent])).toEqual([
      ['m-1', 'Received'],
      ['m-2', 'Sent'],
      ['a', 'Posting'],
      ['b', 'NotSent'],
    ]);
  });

  it('stands at its number once the service has given one', () => {
    const merged = mergeOutgoing(page(1, 2), [written('a', { state: 'accepted', id: 'm-9', sequence: 3 }), written('b')]);
    const later = mergeOutgoing([...page(1, 2), toMessage(messageRow(5))], [written('a', { state: 'accepted', id: 'm-9', sequence: 3 })]);
    expect(merged.map(({ key }) => key)).toEqual(['m-1', 'm-2', 'a', 'b']);
    expect(later.map(({ key }) => key)).toEqual(['m-1', 'm-2', 'a', 'm-5']);
    expect(merged[2]!.sent).toBe('Queued');
  });

  it('gives way to its org row and lends it its key', () => {
    const merged = mergeOutgoing([...page(1, 1), toMessage(messageRow(2))], [written('a', { state: 'accepted', id: 'm-2', sequence: 2 })]);
    expect(merged.map(({ key, id, sent, delivery }) => [key, id, sent, delivery])).toEqual([
      ['m-1', 'm-1', 'Received', ''],
      ['a', 'm-2', 'Sent', 'Delivered'],
    ]);
  });

  it('carries the reason it was not taken', () => {
    const problem = { code: 'opted_out', title: 'Opted out', detail: 'No texts.', errors: [] };
    expect(mergeOutgoing([], [written('a', { state: 'failed', problem })])[0]).toMatchObject({
      errorCode: 'opted_out',
      errorText: 'No texts.',
    });
  });
});
