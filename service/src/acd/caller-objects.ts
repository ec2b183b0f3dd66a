import { CallFailedError, type Call } from '../connections/index.ts';
import { phonesOf, viewerOf, type Directory } from '../directory/index.ts';
import { invalidRequest, unavailable, type FieldError } from '../platform/errors.ts';
import { customObjectsOf, type Definition } from './definition.ts';

const CALL_MS = 10_000;

export type CheckObjects = ReturnType<typeof createObjectCheck>;

/** Whether people can be found in the custom objects that an admin names. */
export function createObjectCheck({ call, directory }: { call: Call; directory: Pick<Directory, 'describe'> }) {
  /**
   * The definition with its custom objects named as the org spells them; those in `known` are not asked about. Throws invalid_request where the
   * connected user sees no such object or no phone field of it, and unavailable while the org cannot be asked.
   */
  return async (orgId: string, definition: Definition, known: readonly string[]): Promise<Definition> => {
    const named = customObjectsOf(definition).filter((object) => !known.includes(object));
    if (named.length === 0) return definition;
    const seen = await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS }, async (sf, session) =>
      Promise.all(named.map((object) => directory.describe(viewerOf(orgId, session), sf, object))),
    ).catch((error: unknown) => {
      if (!(error instanceof CallFailedError)) throw error;
      throw unavailable(`The org was asked for ${named.join(', ')}: ${error.failure.text} Nothing was stored.`, { cause: error });
    });
    const errors = named.flatMap((object, index): FieldError[] => {
      const { fields = [] } = seen[index] ?? {};
      if (fields.length === 0)
        return [
          { field: 'definition.objects', message: `names ${object}, which the org does not have or the connected user does not see` },
        ];
      if (phonesOf(fields).length === 0)
        return [{ field: 'definition.objects', message: `names ${object}, of which the connected user sees no phone field` }];
      return [];
    });
    if (errors.length > 0) throw invalidRequest('Nobody can be found in an object that was named. Nothing was stored.', { errors });
    const spelled = new Map(named.map((object, index) => [object, seen[index]?.name ?? object]));
    const spell = (object: string) => spelled.get(object) ?? object;
    return {
      ...definition,
      objects: [...new Set(definition.objects.map(spell))],
      filters: definition.filters.map((filter) => ({ ...filter, object: spell(filter.object) })),
    };
  };
}
