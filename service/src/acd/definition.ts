import { z } from 'zod';
import { PHONE_OBJECTS } from '../directory/index.ts';
import { text } from '../platform/http/schemas.ts';

/** An extension, a queue, or whatever else a phone system's dial plan takes: it ends up in a SIP address. */
export const destination = z
  .string()
  .max(64)
  .regex(/^[\w.+*#-]+$/, 'may hold letters, digits and . + * # - _');

/** How a look-up decides, as an admin sets it. */
export const definition = z.strictObject({
  /** Objects that are searched; a match in an earlier one comes first. */
  objects: z.array(z.enum(PHONE_OBJECTS)).min(1).max(PHONE_OBJECTS.length).default(['Contact', 'Lead', 'Account']),
  /** What several matches mean: the best one is taken, all are answered with the best one's owner, or all without anybody to ring. */
  several: z.enum(['first', 'all', 'ask']).default('first'),
  /** Whom to ring when nobody matched, the owner has no extension, or no answer was there in time. Nobody without it. */
  defaultRoute: destination.optional(),
  /** Milliseconds after which the default route is answered at the latest. */
  deadlineMs: z.number().int().min(100).max(5_000).default(1_500),
});

export type Definition = z.output<typeof definition>;

export const lookupBody = z.strictObject({ name: text(80).min(1), isDefault: z.boolean().default(false), definition });

/** A look-up with its name. `id` is null for the one that answers where an admin has made none. */
export interface Lookup {
  id: string | null;
  name: string;
  isDefault: boolean;
  definition: Definition;
}

export const BUILT_IN: Lookup = { id: null, name: 'Caller to owner', isDefault: true, definition: definition.parse({}) };
