import avro from 'avsc';

/** What is read of a change event: which records, and what was done to them. Their values are asked of the org, which knows the newest. */
export interface Change {
  /** API name, as the org spells it. */
  object: string;
  /** 18 characters each; one of `001*` stands for all records, and an overflow has none. */
  ids: string[];
  /** `CREATE`, `UPDATE`, `DELETE`, `UNDELETE`, one of these behind `GAP_`, or `GAP_OVERFLOW`. */
  type: string;
  committedAt: Date;
}

export type ReadChange = (payload: Buffer) => Change | undefined;

const READ = ['entityName', 'recordIds', 'changeType', 'commitTimestamp'];

interface RecordSchema {
  type: 'record';
  name: string;
  fields: { name: string; type: unknown }[];
}

/**
 * Makes the reader of one schema, as GetSchema gives it. Only the parts of the header that are needed are decoded; all else is skipped, so that
 * no field of a customer can be in the way. A schema that is none of a change event gives a reader of nothing.
 */
export function changeReader(schemaJson: string): ReadChange {
  const schema = JSON.parse(schemaJson) as RecordSchema;
  const header = schema.fields.find(({ name }) => name === 'ChangeEventHeader');
  if (!header) return () => undefined;
  const type = header.type as RecordSchema;
  const wanted = { ...schema, fields: [{ ...header, type: { ...type, fields: type.fields.filter(({ name }) => READ.includes(name)) } }] };
  const reader = avro.Type.forSchema(wanted as avro.Schema);
  const resolver = reader.createResolver(avro.Type.forSchema(schema as avro.Schema));
  return (payload) => {
    const { ChangeEventHeader: read } = reader.fromBuffer(payload, resolver) as {
      ChangeEventHeader: { entityName: string; recordIds: string[]; changeType: string; commitTimestamp: number };
    };
    return { object: read.entityName, ids: [...read.recordIds], type: read.changeType, committedAt: new Date(read.commitTimestamp) };
  };
}
