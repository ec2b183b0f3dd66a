import { defineProblem } from '../platform/errors.ts';

export const lookupNotFound = defineProblem('lookup_not_found', 404, 'There is no such look-up');
export const lookupNameTaken = defineProblem('lookup_name_taken', 409, 'Another look-up has this name');
export const noExtension = defineProblem('no_extension', 404, 'Nobody is to be rung for this caller');
export const pbxNotFound = defineProblem('pbx_not_found', 404, 'There is no such phone system');
