import { defineProblem } from '../platform/errors.ts';

export const lookupNotFound = defineProblem('lookup_not_found', 404, 'There is no such look-up');
export const lookupNameTaken = defineProblem('lookup_name_taken', 409, 'Another look-up has this name');
export const noExtension = defineProblem('no_extension', 404, 'Nobody is to be rung for this caller');
export const pinLocked = defineProblem('pin_locked', 429, 'This PIN was tried too often');
export const pinNotSetUp = defineProblem('pin_not_set_up', 409, 'The look-up names no field that holds a PIN');
export const pbxNotFound = defineProblem('pbx_not_found', 404, 'There is no such phone system');
export const acdNotAllowed = defineProblem('acd_not_allowed', 403, 'This user may not connect look-ups');
export const acdHeldByOther = defineProblem('acd_held_by_other', 409, 'Another user holds the connection');
export const acdNotConnected = defineProblem('acd_not_connected', 409, 'Look-ups are not connected');
