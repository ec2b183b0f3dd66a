import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import { keyOf, type Viewer, type VisibleFields } from '../visible-fields.ts';
import { keptObjects, sourceOf, type KeptSource, type Wanted } from './objects.ts';

export type KeptSources = ReturnType<typeof createKeptSources>;

/** What is read of each object through a connected user's eyes. */
export function createKeptSources(visibleFields: VisibleFields) {
  return {
    async of(viewer: Viewer, sf: SalesforceClient, wanted: Wanted): Promise<KeptSource[]> {
      const sources: KeptSource[] = [];
      for (const object of keptObjects(wanted)) {
        const { fields } = await visibleFields.of(keyOf(viewer, []), sf, object);
        const source = sourceOf(object, fields, wanted);
        if (source) sources.push(source);
      }
      return sources;
    },
    /** A field was deleted, or may not be seen any more: the next reading asks what there is. */
    forget: (viewer: Viewer) => visibleFields.forget(keyOf(viewer, [])),
  };
}
