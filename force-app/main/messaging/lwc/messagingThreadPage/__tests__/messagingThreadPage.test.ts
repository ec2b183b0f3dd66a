import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import conversationsOfRecord from '@salesforce/apex/ConversationReads.conversationsOfRecord';
import { toConversation } from 'c/messagingData';
import MessagingThreadPage from 'c/messagingThreadPage';
import { conversationRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.conversationsOfRecord',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const wire = conversationsOfRecord as unknown as { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): object };

async function show(rows?: object[]) {
  const element = Object.assign(createElement('c-messaging-thread-page', { is: MessagingThreadPage }), { recordId: 'a00000000000001AAA' });
  document.body.append(element);
  if (rows) wire.emit(rows);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  return { element, find };
}

describe('c-messaging-thread-page', () => {
  it('finds its conversation and shows thread and details', async () => {
    const { element, find } = await show([conversationRow(1)]);
    expect(wire.getLastConfig()).toEqual({ recordId: 'a00000000000001AAA' });
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-1');
    expect(find('c-messaging-record-panel')['conversation'].name).toBe('Customer 1');
    await expect(element).toBeAccessible();
  });

  it('shows in the details what the thread read last', async () => {
    const { find } = await show([conversationRow(1)]);
    const detail = toConversation(conversationRow(1, { OptedOut__c: true }));
    find('c-messaging-conversation').dispatchEvent(new CustomEvent('conversationloaded', { detail }));
    await settle();
    expect(find('c-messaging-record-panel')['conversation'].optedOut).toBe(true);
  });

  it('loads, fails and misses in words', async () => {
    const { element, find } = await show();
    expect(find('c-core-stencil')).not.toBeNull();
    wire.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Conversation_Failed');
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
    wire.emit([]);
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Conversation_Missing');
  });
});
