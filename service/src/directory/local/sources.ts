import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import { keyOf, type Viewer, type VisibleFields } from '../visible-fields.ts';
import { KEPT_OBJECTS, sourceOf, type KeptSource, type Wanted } from './objects.ts';

export type KeptSources = ReturnType<typeof createKeptSources>;

/** What is read of each object through a connected user's eyes. */
export function createKeptSources(visibleFields: VisibleFields) {
  return {
    async of(viewer: Viewer, sf: SalesforceClient, wanted: Wanted): Promise<KeptSource[]> {
      const sources: KeptSource[] = [];
      for (const object of KEPT_OBJECTS) {
        const source = sourceOf(object, await visibleFields.of(keyOf(viewer, []), sf, object), wanted);
        if (source) sources.push(source);
      }
      return sources;
    },
    /** A field was deleted, or may not be seen any more: the next reading asks what there is. */
    forget: (viewer: Viewer) => visibleFields.forget(keyOf(viewer, [])),
  };
}
