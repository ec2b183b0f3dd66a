import { z } from 'zod';

/** Times leave as ISO 8601 UTC. */
export const isoTime = z.codec(z.string().meta({ description: 'ISO 8601, UTC' }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** Ids in paths. What is not an id is simply not found, the same as another org's id. */
export const idParams = z.object({ id: z.uuid() });

export const emptyAnswer = z.object({});

/** The problem document of every failure (RFC 9457). */
export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** The answers of a route: its own, and the problem document for all else. */
export function answers<T extends z.ZodType, S extends number>(status: S, schema: T) {
  return { [status]: schema, default: problemDocument } as { [K in S]: T } & { default: typeof problemDocument };
}

/** Text that PostgreSQL can store, in a column or inside JSON: no NUL character, no half of a surrogate pair. */
export function text(max: number) {
  return z
    .string()
    .max(max)
    .regex(/^[^\u0000]*$/, 'holds a character that cannot be stored')
    .refine((value) => value.isWellFormed(), 'holds a character that cannot be stored');
}
