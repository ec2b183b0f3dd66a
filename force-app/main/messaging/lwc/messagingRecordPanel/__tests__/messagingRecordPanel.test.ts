import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import accountCard from '@salesforce/apex/ConversationReads.accountCard';
import contactCard from '@salesforce/apex/ConversationReads.contactCard';
import leadCard from '@salesforce/apex/ConversationReads.leadCard';
import { lastNavigation } from 'lightning/navigation';
import { toConversation } from 'c/messagingData';
import MessagingRecordPanel from 'c/messagingRecordPanel';
import { conversationRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.accountCard',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.contactCard',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.leadCard',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.optOut',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

type Wire = { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): Record<string, unknown> };
const [contact, lead, account] = [contactCard, leadCard, accountCard] as unknown as [Wire, Wire, Wire];

async function show(fields: Record<string, unknown> | undefined, props: object = {}) {
  const element = createElement('c-messaging-record-panel', { is: MessagingRecordPanel }) as HTMLElement & Record<string, unknown>;
  Object.assign(element, { conversation: fields && toConversation(conversationRow(1, fields)), ...props });
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const texts = (selector: string) => Array.from(element.shadowRoot!.querySelectorAll(selector), ({ textContent }) => textContent?.trim());
  return { element, find, texts };
}

describe('c-messaging-record-panel', () => {
  it('shows nothing until a conversation is chosen', async () => {
    const { element, find } = await show(undefined);
    expect(find('.none').textContent).toBe('c.Msg_Panel_None_Text');
    await expect(element).toBeAccessible();
  });

  it('shows the matched contact with a link, its facts and how it was found', async () => {
    const { element, find, texts } = await show({ Contact__c: '003A' });
    expect(find('c-core-stencil')).not.toBeNull();
    expect(contact.getLastConfig()).toEqual({ recordId: '003A' });
    contact.emit([{ Id: '003A', Name: 'Rosa Diaz', Title: 'Owner', Email: 'r@example.com', Phone: '+14155550101' }]);
    await settle();
    expect(find('.record-link').textContent).toBe('Rosa Diaz');
    expect(find('.record-link').getAttribute('href')).toBe('/generated/standard__recordPage/003A');
    expect(texts('.facts dt')).toEqual(['c.Msg_Card_Title', 'c.Msg_Card_Phone', 'c.Msg_Card_Email']);
    expect(texts('.conversation-facts dd')).toEqual([
      'The only contact with this number.',
      '+1 415 555 0101',
      '+1 415 555 0199',
      'Ada Agent',
    ]);
    await expect(element).toBeAccessible();
    lastNavigation();
    find('.record-link').click();
    expect(lastNavigation()).toMatchObject({ page: { attributes: { recordId: '003A', objectApiName: 'Contact' } } });
    element.addEventListener('click', (event) => event.preventDefault()); // jsdom cannot follow the link
    find('.record-link').dispatchEvent(new MouseEvent('click', { ctrlKey: true, cancelable: true, bubbles: true, composed: true }));
    expect(lastNavigation()).toBeUndefined();
  });

  it.each([
    ['Lead', { Lead__c: '00Q' }, lead, { Company: 'Acme', Status: 'Open' }, ['Acme', 'Open']],
    ['Account', { Account__c: '001' }, account, { Industry: 'Retail' }, ['Retail']],
  ])('shows a %s', async (_object, fields, wire, facts, expected) => {
    const { find, texts } = await show(fields);
    wire.emit([{ Id: 'x', Name: 'Someone', ...facts }]);
    await settle();
    expect(find('.record-link').textContent).toBe('Someone');
    expect(texts('.facts dd')).toEqual(expected);
  });

  it('says that a number is unknown', async () => {
    const { element, find } = await show({ Name: '+14155550101' });
    expect(find('.unknown').textContent).toBe('c.Msg_Panel_Unknown');
    expect(find('.unknown-number').textContent).toBe('+1 415 555 0101');
    expect(find('.unknown-text').textContent).toBe('c.Msg_Panel_Unknown_Text');
    expect(find('c-messaging-consent')['number']).toBe('+14155550101');
    await expect(element).toBeAccessible();
  });

  it('does not call a number unknown before its conversation is in the org', async () => {
    const { find } = await show({ Id: '' });
    expect(find('.adding').textContent).toBe('c.Msg_Conversation_Adding');
    expect(find('.unknown')).toBeNull();
  });

  it('says when the record is not shared with the reader', async () => {
    const { find } = await show({ Contact__c: '003B' });
    contact.emit([]);
    await settle();
    expect(find('.hidden-record').textContent).toBe('c.Msg_Panel_Hidden');
  });

  it('shows why the record could not be loaded and tries again', async () => {
    const { element, find } = await show({ Contact__c: '003C' });
    contact.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Panel_Failed');
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });

  it('changes to the record of another conversation', async () => {
    const { element, find } = await show({ Contact__c: '003A' });
    contact.emit([{ Id: '003A', Name: 'Rosa' }]);
    element['conversation'] = toConversation(conversationRow(2, { Lead__c: '00Q' }));
    await settle();
    expect(find('c-core-stencil')).not.toBeNull();
    contact.emit([{ Id: '003A', Name: 'Rosa' }]); // too late
    await settle();
    expect(find('.record-link')).toBeNull();
    lead.emit([{ Id: '00Q', Name: 'Leo' }]);
    await settle();
    expect(find('.record-link').textContent).toBe('Leo');
  });

  it('leads back where its container wants that', async () => {
    const back = jest.fn();
    const { element, find } = await show(undefined, { withBack: true });
    element.addEventListener('back', back);
    find('.back').click();
    expect(back).toHaveBeenCalledTimes(1);
  });
});
