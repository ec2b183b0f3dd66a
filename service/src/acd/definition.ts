import { z } from 'zod';
import { CUSTOM_OBJECT, PHONE_OBJECTS } from '../directory/index.ts';
import { text } from '../platform/http/schemas.ts';
import { destination } from './destination.ts';
import { hours } from './hours.ts';

/** API name of a field, as the org's setup shows it: `DoNotCall`, `Language__c`. */
const fieldName = z
  .string()
  .max(90)
  .regex(/^[A-Za-z]\w*$/, 'is the API name of a field, such as Language__c')
  .meta({ example: 'Language__c' });

/** Whose records are callers: a standard object, or a custom one with a phone field. */
const callerObject = z
  .string()
  .max(80)
  .refine((name) => PHONE_OBJECTS.some((standard) => standard === name) || CUSTOM_OBJECT.test(name), {
    message: 'is Contact, Lead, Account or the API name of a custom object, such as Site__c',
  })
  .meta({ example: 'Contact' });

/** Each of them is read from the org every minute. */
const MOST_CUSTOM = 5;
const isCustom = (object: string) => CUSTOM_OBJECT.test(object);
/** The custom objects among those that a look-up searches. */
export const customObjectsOf = ({ objects }: Pick<Definition, 'objects'>): string[] => objects.filter(isCustom);

/** What a record must be like to count as a match. */
const filter = z
  .strictObject({
    object: callerObject,
    field: fieldName,
    is: z.enum(['equal', 'notEqual', 'filled', 'empty']),
    /** Compared as text, whatever its case; a checkbox is `true` or `false`. Only for `equal` and `notEqual`. */
    value: text(255).optional(),
  })
  .refine(({ is, value }) => (value !== undefined) === (is === 'equal' || is === 'notEqual'), {
    path: ['value'],
    message: 'belongs to equal and notEqual, and only to them',
  });
export type Filter = z.output<typeof filter>;

/** By what of several matches one comes first. */
export const RANKINGS = ['openCase', 'vip', 'ownerAvailable', 'newestActivity'] as const;
export type Ranking = (typeof RANKINGS)[number];
/** Whose extension is rung. */
export const RINGS = ['caseOwner', 'recordOwner', 'accountOwner'] as const;
export type Ring = (typeof RINGS)[number];

/** Answered under names of their own; each is the API name of a field that any of the objects may have. */
const meanings = z.strictObject({
  vip: fieldName.optional(),
  priority: fieldName.optional(),
  language: fieldName.optional(),
  skill: fieldName.optional(),
  doNotCall: fieldName.default('DoNotCall'),
});

/** What every answer says by itself. */
const OWN_VARIABLES = new Set(
  (
    'Matched Count Open Source RecordId Object Name ScreenPopUrl OwnerName CaseId CaseNumber CasePriority Vip Priority Language Skill DoNotCall ' +
    'Extension'
  ).split(' '),
);

const variable = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[A-Za-z]\w*$/, 'begins with a letter and holds letters, digits and _')
    .refine((name) => !OWN_VARIABLES.has(name), 'is the name of something that every answer says')
    .meta({ example: 'Town' }),
  field: fieldName,
});

const once = <T>(list: readonly T[]) => new Set(list).size === list.length;

/** How a look-up decides, as an admin sets it. */
export const definition = z.strictObject({
  /** Objects that are searched; of equal matches one in an earlier object comes first. */
  objects: z
    .array(callerObject)
    .min(1)
    .refine(once, 'names an object twice')
    .refine((objects) => objects.filter(isCustom).length <= MOST_CUSTOM, `names more than ${MOST_CUSTOM} custom objects`)
    .default(['Contact', 'Lead', 'Account']),
  /** Every one of them must be met. */
  filters: z.array(filter).max(20).default([]),
  /** What counts before the order of objects. */
  ranking: z.array(z.enum(RANKINGS)).refine(once, 'names a rule twice').default([]),
  /** What several matches mean: the best one is taken, all are answered with the best one's owner, or all without anybody to ring. */
  several: z.enum(['first', 'all', 'ask']).default('first'),
  /** The first of them who has an extension is rung. */
  ring: z.array(z.enum(RINGS)).refine(once, 'names an owner twice').default(['recordOwner', 'accountOwner']),
  /** Whom to ring when nobody matched, no owner has an extension, or no answer was there in time. Nobody without it. */
  defaultRoute: destination.optional(),
  fields: meanings.prefault({}),
  /** Holds the PIN that a caller may be asked for. Read in the org for each check, and never kept here. */
  pinField: fieldName.optional(),
  /** A VIP field that is no checkbox holds one of these; any text in it will do where there are none. */
  vipValues: z.array(text(255).min(1)).max(50).default([]),
  /** Further fields that the answer carries under these names. */
  variables: z.array(variable).max(30).default([]),
  /** Answers calls to these numbers when the phone system names no look-up. */
  calledNumbers: z.array(text(40).min(1)).max(200).default([]),
  /** Always open without them. */
  hours: hours.optional(),
  /** Milliseconds after which the default route is answered at the latest. */
  deadlineMs: z.number().int().min(100).max(5_000).default(1_500),
});

export type Definition = z.output<typeof definition>;

/** A look-up as it is saved. What parts of it say together is checked here only, so that an earlier version's can still be read. */
export const lookupBody = z
  .strictObject({ name: text(80).min(1), isDefault: z.boolean().default(false), definition })
  .superRefine(({ definition: { objects, filters, variables } }, context) => {
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: ['definition', ...path], message });
    for (const [index, { object }] of filters.entries())
      if (isCustom(object) && !objects.includes(object)) wrong(['filters', index, 'object'], 'is not among the objects that are searched');
    for (const [index, { name }] of variables.entries())
      if (variables.findIndex((other) => other.name === name) < index) wrong(['variables', index, 'name'], 'is given twice');
  });

/** A look-up with its name. `id` is null for the one that answers where an admin has made none. */
export interface Lookup {
  id: string | null;
  name: string;
  isDefault: boolean;
  definition: Definition;
}

export const BUILT_IN: Lookup = { id: null, name: 'Caller to owner', isDefault: true, definition: definition.parse({}) };

/** A definition as it was stored, maybe by an older or newer version: what this one does not know is left out, what cannot be read is as built in. */
export function readStored(stored: unknown): Definition {
  const known = Object.fromEntries(
    Object.entries(definition.shape).flatMap(([name, part]) => {
      const read = (part as z.ZodType).safeParse((Object(stored) as Record<string, unknown>)[name]);
      return read.success ? [[name, read.data]] : [];
    }),
  );
  return definition.parse(known);
}

/** The fields that these look-ups need of each object; custom objects are named even where no further field is needed. */
export function wantedFields(lookups: readonly Lookup[]): Partial<Record<string, string[]>> {
  const wanted = new Map<string, Set<string>>();
  const want = (object: string, field: string) => wanted.set(object, (wanted.get(object) ?? new Set()).add(field));
  for (const { definition: each } of lookups) {
    for (const object of customObjectsOf(each)) wanted.set(object, wanted.get(object) ?? new Set());
    for (const { object, field } of each.filters) if (!isCustom(object) || each.objects.includes(object)) want(object, field);
    const shown = [...Object.values(each.fields), ...each.variables.map(({ field }) => field)];
    for (const object of each.objects) for (const field of shown) if (field) want(object, field);
  }
  return Object.fromEntries([...wanted].map(([object, fields]) => [object, [...fields].toSorted()]));
}
