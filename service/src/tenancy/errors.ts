import { defineProblem } from '../platform/errors.ts';

export const orgMismatch = defineProblem('org_mismatch', 403, 'This key belongs to another org');
export const notRegistered = defineProblem('not_registered', 401, 'The org is not registered');
