/** Fields that the platform itself adds to every object. */
import { field } from '../model.ts';
import type { FieldDef } from '../model.ts';

const READ_ONLY = { createable: false, updateable: false, alwaysVisible: true } as const;

/** The record id. */
export function idField(): FieldDef {
  return field('Id', 'id', { label: 'Record ID', ...READ_ONLY });
}

/** OwnerId: a user, or a queue where the object allows it. */
export function ownerField(referenceTo: string[]): FieldDef {
  return field('OwnerId', 'reference', { label: 'Owner ID', referenceTo, relationshipName: 'Owner', alwaysVisible: true });
}

/** Deletion flag and who-and-when fields. */
export function auditFields(): FieldDef[] {
  return [
    field('IsDeleted', 'boolean', { label: 'Deleted', ...READ_ONLY }),
    field('CreatedDate', 'datetime', { ...READ_ONLY }),
    field('CreatedById', 'reference', { label: 'Created By ID', referenceTo: ['User'], relationshipName: 'CreatedBy', ...READ_ONLY }),
    field('LastModifiedDate', 'datetime', { ...READ_ONLY }),
    field('LastModifiedById', 'reference', {
      label: 'Last Modified By ID',
      referenceTo: ['User'],
      relationshipName: 'LastModifiedBy',
      ...READ_ONLY,
    }),
    field('SystemModstamp', 'datetime', { ...READ_ONLY }),
  ];
}

/** Fields of every platform event. */
export function eventFields(): FieldDef[] {
  return [
    field('ReplayId', 'string', { label: 'Replay ID', ...READ_ONLY }),
    field('EventUuid', 'string', { label: 'Event UUID', length: 36, ...READ_ONLY }),
    field('CreatedDate', 'datetime', { ...READ_ONLY }),
    field('CreatedById', 'reference', { label: 'Created By ID', referenceTo: ['User'], ...READ_ONLY }),
  ];
}
