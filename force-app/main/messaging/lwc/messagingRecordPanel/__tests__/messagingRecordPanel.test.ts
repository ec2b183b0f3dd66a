import { createElement } from 'lwc';
import { lastNavigation } from 'lightning/navigation';
import { getRecord } from 'lightning/uiRecordApi';
import { toConversation } from 'c/messagingData';
import MessagingRecordPanel from 'c/messagingRecordPanel';
import { conversationRow, settle, uiRecord } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock(
  '@salesforce/apex/ConversationReads.optOut',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

type Wire = { emit(value: unknown): void; error(body: unknown, status?: number): void; getLastConfig(): Record<string, unknown> };
type Token = { objectApiName: string; fieldApiName: string };
const card = getRecord as unknown as Wire;

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
    const { recordId, fields, optionalFields } = card.getLastConfig() as { recordId: string; fields: Token[]; optionalFields: Token[] };
    expect(recordId).toBe('003A');
    expect(fields.map(({ fieldApiName }) => fieldApiName)).toEqual(['Name']);
    expect(optionalFields.map(({ fieldApiName }) => fieldApiName)).toEqual(
      expect.arrayContaining(['Account.Name', 'HomePhone', 'OtherPhone', 'Owner.Name']),
    );
    // HomePhone is hidden from this user, Title is empty.
    const seen = { Title: null, Email: 'r@example.com', Phone: '+14155550101', 'Account.Name': 'Acme' };
    card.emit(uiRecord('003A', { Name: 'Rosa Diaz', ...seen }));
    await settle();
    expect(find('.record-link').textContent).toBe('Rosa Diaz');
    expect(find('.record-link').getAttribute('href')).toBe('/generated/standard__recordPage/003A');
    expect(texts('.facts dt')).toEqual(['c.Msg_Card_Account', 'c.Msg_Card_Phone', 'c.Msg_Card_Email']);
    expect(find('.facts dd').textContent).toBe('Acme');
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
    ['Lead', { Lead__c: '00Q' }, { Company: 'Acme', Status: 'Open' }, ['Acme', 'Open']],
    ['Account', { Account__c: '001' }, { Industry: 'Retail', 'Owner.Name': 'Ada' }, ['Retail', 'Ada']],
  ])('shows a %s', async (object, fields, facts, expected) => {
    const { find, texts } = await show(fields);
    expect((card.getLastConfig()['fields'] as Token[])[0]!.objectApiName).toBe(object);
    card.emit(uiRecord(Object.values(fields)[0]!, { Name: 'Someone', ...facts }));
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

  it.each([403, 404])('says when the record is not shared with the reader (%i)', async (status) => {
    const { find } = await show({ Contact__c: '003B' });
    card.error([{ message: 'The requested resource does not exist' }], status);
    await settle();
    expect(find('.hidden-record').textContent).toBe('c.Msg_Panel_Hidden');
  });

  it('shows why the record could not be loaded and tries again', async () => {
    const { element, find } = await show({ Contact__c: '003C' });
    card.error([{ message: 'no' }], 500);
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Panel_Failed');
    await expect(element).toBeAccessible();
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await Promise.resolve();
    expect(card.getLastConfig()['recordId']).toBeUndefined();
    await settle();
    expect(card.getLastConfig()['recordId']).toBe('003C');
  });

  it('changes to the record of another conversation', async () => {
    const { element, find } = await show({ Contact__c: '003A' });
    card.emit(uiRecord('003A', { Name: 'Rosa' }));
    element['conversation'] = toConversation(conversationRow(2, { Lead__c: '00Q' }));
    await settle();
    expect(find('c-core-stencil')).not.toBeNull();
    card.emit(uiRecord('003A', { Name: 'Rosa' })); // too late
    await settle();
    expect(find('.record-link')).toBeNull();
    card.emit(uiRecord('00Q', { Name: 'Leo' }));
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
