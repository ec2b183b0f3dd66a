/** Check: every @AuraEnabled method has one of the two shapes that the Lightning page on the laptop can follow. */
import { ApexShapeError } from '../../sandbox/lightning/apex/plans.ts';
import { readCatalogue } from '../../sandbox/lightning/apex/catalogue.ts';
import type { Check } from './check.ts';

export const auraShapesCheck: Check = {
  name: 'aura-shapes',
  run({ root }) {
    try {
      readCatalogue(root);
      return [];
    } catch (error) {
      if (!(error instanceof ApexShapeError)) throw error;
      return error.problems.map((problem) => {
        const [, file = '', line = '1', message = problem] = /^(.+?):(\d+): ([\s\S]*)$/.exec(problem) ?? [];
        return { file, line: Number(line), message };
      });
    }
  },
};
