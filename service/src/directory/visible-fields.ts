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

const DESCRIBE_TTL_MS = 6 * 3600_000;

export type VisibleFields = ReturnType<typeof createVisibleFields>;

/** The fields of objects that a connected user can see, by describe; asked once in some hours, since a describe costs an API call. */
export function createVisibleFields() {
  const known = new LRUCache<string, VisibleField[]>({ max: 5_000, ttl: DESCRIBE_TTL_MS });
  // The lanes of an org look at the same time.
  const once = createSingleFlight<VisibleField[]>();
  return {
    /** None of an object that the user may not see. `viewed`: a `keyOf`. */
    async of(viewed: string, sf: SalesforceClient, object: string): Promise<VisibleField[]> {
      const key = `${viewed} ${object}`;
      return (
        known.get(key) ??
        once(key, async () => {
          const fields = await describe(sf, object);
          known.set(key, fields);
          return fields;
        })
      );
    },
    /** The next questions describe anew. */
    forget(viewed: string): void {
      for (const key of [...known.keys()]) if (key.startsWith(`${viewed} `)) known.delete(key);
    },
  };
}

async function describe(sf: SalesforceClient, object: string): Promise<VisibleField[]> {
  try {
    const { fields } = await sf.describe(object);
    return fields.map(({ name, label, type }) => ({ name, label, type }));
  } catch (error) {
    if (error instanceof SalesforceError && error.errors.some(({ code }) => code === 'NOT_FOUND' || code === 'INVALID_TYPE')) return [];
    throw error;
  }
}
