/** Rows as Apex hands them out, for the tests of all messaging components. */
type Fields = Record<string, unknown>;

/** An element of a template with whatever properties its component has. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Found = HTMLElement & Record<string, any>;

export function conversationRow(number: number, fields: Fields = {}): Fields {
  const customer = `+1415555${String(100 + number).padStart(4, '0')}`;
  return {
    Id: `a00000000000${String(number).padStart(3, '0')}AAA`,
    Name: `Customer ${number}`,
    ExternalId__c: `c-${number}`,
    CustomerNumber__c: customer,
    OurNumber__c: '+14155550199',
    LastMessageAt__c: new Date(Date.UTC(2026, 10, 22, 12) - number * 60_000).toISOString(),
    LastMessageText__c: `Text ${number}`,
    LastDirection__c: 'Inbound',
    UnreadCount__c: 0,
    OptedOut__c: false,
    MatchNote__c: 'The only contact with this number.',
    OwnerId: '005000000000001AAA',
    Owner: { Name: 'Ada Agent' },
    ...fields,
  };
}

export function messageRow(sequence: number, fields: Fields = {}): Fields {
  return {
    Id: `a01000000000${String(sequence).padStart(3, '0')}AAA`,
    ExternalId__c: `m-${sequence}`,
    Direction__c: sequence % 2 === 0 ? 'Outbound' : 'Inbound',
    Body__c: `Body ${sequence}`,
    SentStatus__c: sequence % 2 === 0 ? 'Sent' : 'Received',
    ...(sequence % 2 === 0 ? { DeliveryStatus__c: 'Delivered' } : {}),
    Segments__c: 1,
    Sequence__c: sequence,
    OccurredAt__c: new Date(Date.UTC(2026, 10, 22, 12) + sequence * 1000).toISOString(),
    ...fields,
  };
}

/** A record as `getRecord` answers it; a path such as `Account.Name` becomes a record in a record. */
export function uiRecord(id: string, values: Fields): { id: string; fields: Fields } {
  const fields: Record<string, { value: unknown }> = {};
  for (const [path, value] of Object.entries(values)) {
    const [name = '', child] = path.split('.');
    fields[name] = { value: child ? { id: '', fields: { [child]: { value } } } : value };
  }
  return { id, fields };
}

/** Newest first, as the read answers; both ends included. */
export function messagePage(from: number, to: number): Fields[] {
  return Array.from({ length: to - from + 1 }, (_, index) => messageRow(to - index));
}

export const NUMBERS = [
  { id: 'n1', number: '+14155550199', label: 'Main', country: 'US', isDefault: true },
  { id: 'n2', number: '+447700900199', label: '', country: 'GB', isDefault: false },
];

/** What a rejected Apex command looks like on the page. */
export function refusal(code: string, detail: string, status = 422): object {
  return { body: { message: JSON.stringify({ code, title: 'Refused.', detail, status }) }, status: 500 };
}

const soon = setTimeout;

/** Lets every promise and re-rendering that is due happen, also while a test holds the clock. */
export function settle(): Promise<void> {
  return new Promise((resolve) => soon(resolve, 0));
}

/** Tells a base component's stub that the user changed it. */
export function change(field: Element | null | undefined, value: string): void {
  (field as HTMLInputElement).value = value;
  field!.dispatchEvent(new CustomEvent('change', { detail: { value } }));
}
