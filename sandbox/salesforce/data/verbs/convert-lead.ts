/** Converting a lead, as the convert page does. */
import type { Org, Row, Values } from '../org-types.ts';
import type { Engine } from '../engine.ts';
import { systemActor } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { ObjectDef } from '../model.ts';
import { createRecord } from '../dml/create.ts';
import { touch } from '../dml/delete.ts';

export interface ConvertOptions {
  /** Existing account or contact to convert into; otherwise new ones are made from the lead. */
  accountId?: string | undefined;
  contactId?: string | undefined;
}

export interface ConvertResult {
  leadId: string;
  accountId: string;
  contactId: string;
}

const COPIED = ['Salutation', 'FirstName', 'LastName', 'Title', 'Phone', 'MobilePhone', 'Fax', 'Email', 'LeadSource', 'Description'];

/**
 * Makes (or takes) an account and a contact, marks the lead converted. Own look-ups that point to the lead stay as
 * they are: the platform does not carry custom relationships over. Tasks and events move to the contact.
 */
export function convertLead(org: Org, leadId: string, options: ConvertOptions = {}): ConvertResult {
  const engine = org as Engine;
  const actor = systemActor(engine);
  const object = (name: string) => engine.schema.object(name) as ObjectDef;
  return engine.store.tx(() => {
    const lead = engine.store.row(object('Lead'), normaliseId(leadId) ?? leadId);
    if (lead?.['IsDeleted'] !== 0) throw new SalesforceError(404, 'NOT_FOUND', `no live Lead with id ${leadId}`);
    if (lead['IsConverted'] === 1) throw new SalesforceError(400, 'CANNOT_UPDATE_CONVERTED_LEAD', 'the lead is converted already');
    const owner = ownerUser(engine, lead, actor.userId);
    const accountId =
      existing(engine, 'Account', options.accountId) ??
      createRecord(engine, actor, object('Account'), { Name: lead['Company'], Phone: lead['Phone'], OwnerId: owner });
    const contactValues: Values = {
      ...Object.fromEntries(COPIED.map((name): [string, unknown] => [name, lead[name]])),
      HasOptedOutOfEmail: lead['HasOptedOutOfEmail'] === 1,
      DoNotCall: lead['DoNotCall'] === 1,
      OwnerId: owner,
      AccountId: accountId,
    };
    const contactId = existing(engine, 'Contact', options.contactId) ?? createRecord(engine, actor, object('Contact'), contactValues);
    const today = engine.clock.now().toISOString().slice(0, 10);
    const converted = {
      IsConverted: 1,
      ConvertedDate: today,
      ConvertedAccountId: accountId,
      ConvertedContactId: contactId,
      Status: 'Closed - Converted',
    };
    touch(engine, actor, object('Lead'), lead, converted);
    for (const name of ['Task', 'Event']) {
      for (const child of engine.store.rows(`SELECT * FROM "${name}" WHERE "WhoId" = ? AND "IsDeleted" = 0`, [String(lead['Id'])])) {
        touch(engine, actor, object(name), child, { WhoId: contactId });
      }
    }
    return { leadId: String(lead['Id']), accountId, contactId };
  });
}

/** A queue cannot own an account; its leads go to the one who converts. */
function ownerUser(engine: Engine, lead: Row, fallback: string): string {
  const owner = String(lead['OwnerId']);
  return engine.users.byId(owner) ? owner : fallback;
}

function existing(engine: Engine, name: string, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const row = engine.store.row(engine.schema.object(name) as ObjectDef, normaliseId(id) ?? id);
  if (row?.['IsDeleted'] !== 0) throw new SalesforceError(404, 'NOT_FOUND', `no live ${name} with id ${id}`);
  return String(row['Id']);
}
