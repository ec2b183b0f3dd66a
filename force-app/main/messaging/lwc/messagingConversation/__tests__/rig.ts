import { createElement } from 'lwc';
import readConversation from '@salesforce/apex/ConversationReads.conversation';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import markRead from '@salesforce/apex/MessagingController.markRead';
import loadNumbers from '@salesforce/apex/MessagingController.myNumbers';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { forgetNumbers, forgetOutgoing } from 'c/messagingData';
import MessagingConversation from 'c/messagingConversation';
import { conversationRow, messagePage, NUMBERS, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.conversation',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.messages',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/apex/MessagingController.markRead', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.myNumbers', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/customPermission/SwitchboardSend', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.resolveUnknown', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.send', () => ({ default: jest.fn() }), { virtual: true });

type Wire = { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): Record<string, unknown> } & jest.Mock;
export const [conversationWire, messagesWire, send, read, numbers] = [
  readConversation,
  readMessages,
  sendMessage,
  markRead,
  loadNumbers,
] as unknown as [Wire, Wire, jest.Mock, jest.Mock, jest.Mock];

beforeEach(() => {
  localStorage.clear();
  forgetOutgoing();
  forgetNumbers();
  numbers.mockResolvedValue({ items: NUMBERS });
  read.mockResolvedValue({});
});

export let lastConversation = 0;
/** A conversation of its own for each test, because the page remembers what was opened before. */
export async function show({ rows = messagePage(1, 4), fields = {}, emit = true } = {}) {
  lastConversation += 1;
  const id = `c-${lastConversation}`;
  const element = createElement('c-messaging-conversation', { is: MessagingConversation }) as HTMLElement & Record<string, unknown>;
  element['conversationId'] = id;
  document.body.append(element);
  await settle();
  const row = conversationRow(lastConversation, fields);
  if (emit) {
    conversationWire.emit([row]);
    messagesWire.emit(rows);
    await settle();
  }
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const shown = () => find('c-messaging-thread')['messages'].map((message: { key: string; sent: string }) => [message.key, message.sent]);
  const fire = async (selector: string, type: string, detail?: object) => {
    find(selector).dispatchEvent(new CustomEvent(type, { detail }));
    await settle();
  };
  return { id, element, row, find, shown, fire };
}
export const HELLO = { body: 'Hello', from: '+14155550199', key: 'key-1' };
