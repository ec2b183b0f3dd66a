import { LRUCache } from 'lru-cache';
import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { createSingleFlight } from '../platform/single-flight.ts';

/** Through whose eyes the org is seen: what can be read depends on the user's rights. */
export interface Viewer {
  orgId: string;
  connectionId: string;
  /** Changes when the user's rights were looked at, in whichever process: what was learned before may be out of date. */
  rightsVersion: number;
}

/** The user through whom a call to the org went. */
export const viewerOf = (orgId: string, { connectionId, rightsVersion }: Omit<Viewer, 'orgId'>): Viewer => ({
  orgId,
  connectionId,
  rightsVersion,
});

export interface VisibleField {
  name: string;
  label: string;
  type: string;
}

/** What is known through a viewer's eyes, for a choice of fields, until rights or choice change. */
export const keyOf = ({ orgId, connectionId, rightsVersion }: Viewer, chosen: unknown): string =>
  JSON.stringify([orgId, connectionId, rightsVersion, chosen]);

/** An object as a connected user sees it. */
export interface VisibleObject {
  /** As the org spells it. */
  name: string;
  /** A search finds its records. */
  searchable: boolean;
  fields: VisibleField[];
}

const DESCRIBE_TTL_MS = 6 * 3600_000;

export type VisibleFields = ReturnType<typeof createVisibleFields>;

/** Objects and their fields as a connected user can see them, by describe; asked once in some hours, since a describe costs an API call. */
export function createVisibleFields() {
  const known = new LRUCache<string, VisibleObject>({ max: 5_000, ttl: DESCRIBE_TTL_MS });
  // The lanes of an org look at the same time.
  const once = createSingleFlight<VisibleObject>();
  return {
    /** Without fields where the user may not see the object. `viewed`: a `keyOf`. */
    async of(viewed: string, sf: SalesforceClient, object: string): Promise<VisibleObject> {
      const key = `${viewed} ${object}`;
      return (
        known.get(key) ??
        once(key, async () => {
          const seen = await describe(sf, object);
          known.set(key, seen);
          return seen;
        })
      );
    },
    /** The next questions describe anew. */
    forget(viewed: string): void {
      for (const key of [...known.keys()]) if (key.startsWith(`${viewed} `)) known.delete(key);
    },
  };
}

async function describe(sf: SalesforceClient, object: string): Promise<VisibleObject> {
  try {
    const { name, searchable, fields } = await sf.describe(object);
    return { name, searchable, fields: fields.map((field) => ({ name: field.name, label: field.label, type: field.type })) };
  } catch (error) {
    if (error instanceof SalesforceError && error.errors.some(({ code }) => code === 'NOT_FOUND' || code === 'INVALID_TYPE'))
      return { name: object, searchable: false, fields: [] };
    throw error;
  }
}
