/** Check: classes and triggers parse. */
import { apexFiles } from './apex-tree.ts';
import type { Check } from './check.ts';

export const apexSyntaxCheck: Check = {
  name: 'apex-syntax',
  run: (project) => apexFiles(project).flatMap(({ faults }) => faults),
};
