/** The standard objects that Switchboard meets, with the lengths and key prefixes of the real ones. */
import { field } from '../model.ts';
import type { FieldDef, FieldType, ObjectDef } from '../model.ts';
import { setupObjects } from './setup-objects.ts';
import { standardObject } from './standard-object.ts';

const ro = { createable: false, updateable: false } as const;
const text = (name: string, length = 255, more: Partial<FieldDef> = {}) => field(name, 'string', { length, ...more });
const many = (type: FieldType, ...names: string[]) => names.map((name) => field(name, type));
const pick = (name: string, values: string[], preset?: string, more: Partial<FieldDef> = {}) =>
  field(name, 'picklist', {
    values: values.map((value) => ({ value, label: value, isDefault: value === preset })),
    ...(preset === undefined ? {} : { defaultValue: preset }),
    ...more,
  });
const lookup = (name: string, to: string[], children?: string, more: Partial<FieldDef> = {}) =>
  field(name, 'reference', {
    referenceTo: to,
    relationshipName: name.replace(/Id$/, ''),
    ...(children === undefined ? {} : { childRelationshipName: children }),
    reparentable: true,
    ...more,
  });
const address = (prefix: string) => [
  field(`${prefix}Street`, 'textarea'),
  text(`${prefix}City`, 40),
  text(`${prefix}State`, 80),
  text(`${prefix}PostalCode`, 20),
  text(`${prefix}Country`, 80),
];
const person = () => [
  text('LastName', 80, { required: true, alwaysVisible: true }),
  text('FirstName', 40),
  pick('Salutation', ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.']),
  text('Name', 121, { nameField: true, alwaysVisible: true, ...ro }),
];

/** All standard objects of the sandbox org. */
export function standardObjects(): ObjectDef[] {
  return [account(), contact(), lead(), supportCase(), task(), event(), ...setupObjects()];
}

function account(): ObjectDef {
  return standardObject(
    'Account',
    '001',
    [
      text('Name', 255, { required: true, nameField: true, alwaysVisible: true }),
      lookup('MasterRecordId', ['Account'], undefined, ro),
      pick('Type', ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Partner', 'Other']),
      lookup('ParentId', ['Account'], 'ChildAccounts'),
      ...address('Billing'),
      ...address('Shipping'),
      ...many('phone', 'Phone', 'Fax'),
      text('AccountNumber', 40),
      ...many('url', 'Website'),
      pick('Industry', ['Agriculture', 'Banking', 'Construction', 'Education', 'Energy', 'Healthcare', 'Retail', 'Technology', 'Other']),
      field('AnnualRevenue', 'currency'),
      field('NumberOfEmployees', 'int', { precision: 8 }),
      field('Description', 'longtextarea', { length: 32000 }),
      pick('Rating', ['Hot', 'Warm', 'Cold']),
      pick('AccountSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Other']),
      field('LastActivityDate', 'date', ro),
    ],
    { owners: ['User'], searchable: true },
  );
}

function contact(): ObjectDef {
  return standardObject(
    'Contact',
    '003',
    [
      lookup('MasterRecordId', ['Contact'], undefined, ro),
      lookup('AccountId', ['Account'], 'Contacts', { deleteConstraint: 'Cascade' }),
      ...person(),
      ...address('Other'),
      ...address('Mailing'),
      ...many('phone', 'Phone', 'Fax', 'MobilePhone', 'HomePhone', 'OtherPhone', 'AssistantPhone'),
      lookup('ReportsToId', ['Contact'], 'ContactReports'),
      ...many('email', 'Email'),
      text('Title', 128),
      text('Department', 80),
      text('AssistantName', 40),
      pick('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
      field('Birthdate', 'date'),
      field('Description', 'longtextarea', { length: 32000 }),
      field('HasOptedOutOfEmail', 'boolean', { defaultValue: false }),
      field('DoNotCall', 'boolean', { defaultValue: false }),
      field('LastActivityDate', 'date', ro),
    ],
    { owners: ['User'], searchable: true },
  );
}

function lead(): ObjectDef {
  return standardObject(
    'Lead',
    '00Q',
    [
      lookup('MasterRecordId', ['Lead'], undefined, ro),
      ...person(),
      text('Title', 128),
      text('Company', 255, { required: true, alwaysVisible: true }),
      field('Street', 'textarea'),
      text('City', 40),
      text('State', 80),
      text('PostalCode', 20),
      text('Country', 80),
      ...many('phone', 'Phone', 'MobilePhone', 'Fax'),
      ...many('email', 'Email'),
      ...many('url', 'Website'),
      field('Description', 'longtextarea', { length: 32000 }),
      pick('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
      pick(
        'Status',
        ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
        'Open - Not Contacted',
      ),
      pick('Industry', ['Agriculture', 'Banking', 'Construction', 'Education', 'Energy', 'Healthcare', 'Retail', 'Technology', 'Other']),
      pick('Rating', ['Hot', 'Warm', 'Cold']),
      field('HasOptedOutOfEmail', 'boolean', { defaultValue: false }),
      field('DoNotCall', 'boolean', { defaultValue: false }),
      field('IsConverted', 'boolean', { defaultValue: false, ...ro, alwaysVisible: true }),
      field('ConvertedDate', 'date', ro),
      lookup('ConvertedAccountId', ['Account'], undefined, ro),
      lookup('ConvertedContactId', ['Contact'], undefined, ro),
      field('IsUnreadByOwner', 'boolean', { defaultValue: true }),
      field('LastActivityDate', 'date', ro),
    ],
    { owners: ['Group', 'User'], searchable: true },
  );
}

function supportCase(): ObjectDef {
  return standardObject(
    'Case',
    '500',
    [
      text('CaseNumber', 30, { nameField: true, alwaysVisible: true, autoNumber: '{00000000}', ...ro }),
      lookup('ContactId', ['Contact'], 'Cases', { deleteConstraint: 'Restrict' }),
      lookup('AccountId', ['Account'], 'Cases', { deleteConstraint: 'Restrict' }),
      lookup('ParentId', ['Case'], 'Cases'),
      text('SuppliedName', 80),
      ...many('email', 'SuppliedEmail'),
      text('SuppliedPhone', 40),
      pick('Type', ['Problem', 'Feature Request', 'Question']),
      pick('Status', ['New', 'Working', 'Escalated', 'Closed'], 'New'),
      pick('Reason', ['Installation', 'Performance', 'Breakdown', 'Other']),
      pick('Origin', ['Phone', 'Email', 'Web']),
      text('Subject', 255),
      pick('Priority', ['High', 'Medium', 'Low'], 'Medium'),
      field('Description', 'longtextarea', { length: 32000 }),
      field('IsClosed', 'boolean', { defaultValue: false, ...ro, alwaysVisible: true }),
      field('ClosedDate', 'datetime', ro),
    ],
    { owners: ['Group', 'User'], searchable: true },
  );
}

const activity = (children: string) => [
  lookup('WhoId', ['Contact', 'Lead'], children),
  lookup('WhatId', ['Account', 'Case'], children),
  field('Subject', 'combobox', { nameField: true, alwaysVisible: true }),
  field('ActivityDate', 'date'),
  field('Description', 'longtextarea', { length: 32000 }),
  lookup('AccountId', ['Account'], undefined, ro),
];

function task(): ObjectDef {
  return standardObject(
    'Task',
    '00T',
    [
      ...activity('Tasks'),
      pick('Status', ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'], 'Not Started'),
      pick('Priority', ['High', 'Normal', 'Low'], 'Normal'),
      field('IsClosed', 'boolean', { defaultValue: false, ...ro, alwaysVisible: true }),
      pick('TaskSubtype', ['Task', 'Call', 'Email'], 'Task', { updateable: false }),
      pick('CallType', ['Internal', 'Inbound', 'Outbound']),
      field('CallDurationInSeconds', 'int', { precision: 8 }),
      text('CallDisposition', 255),
    ],
    { owners: ['Group', 'User'], searchable: true },
  );
}

function event(): ObjectDef {
  return standardObject(
    'Event',
    '00U',
    [
      ...activity('Events'),
      text('Location', 255),
      field('StartDateTime', 'datetime'),
      field('EndDateTime', 'datetime'),
      field('DurationInMinutes', 'int', { precision: 8 }),
      field('IsAllDayEvent', 'boolean', { defaultValue: false }),
    ],
    { owners: ['User'], searchable: true },
  );
}
