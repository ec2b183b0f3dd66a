/** Check: whatever one file names, another one holds; and limits that the metadata types do not know. */
import type { Check } from '../check.ts';
import { fieldLimits } from './fields.ts';
import { lwcReferences } from './lwc.ts';
import { collectNames } from './names.ts';
import { pageReferences } from './pages.ts';
import { permissionSetReferences } from './permission-sets.ts';

export const referencesCheck: Check = {
  name: 'references',
  run(project) {
    const names = collectNames(project);
    return [...lwcReferences(project, names), ...permissionSetReferences(names), ...pageReferences(project, names), ...fieldLimits(names)];
  },
};
