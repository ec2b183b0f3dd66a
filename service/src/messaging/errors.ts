import { defineProblem } from '../platform/errors.ts';

export const invalidNumber = defineProblem('invalid_number', 422, 'The phone number is not valid');
export const textEmpty = defineProblem('text_empty', 422, 'The text is empty');
export const textTooLong = defineProblem('text_too_long', 422, 'The text is too long');
export const optedOut = defineProblem('opted_out', 409, 'This number has opted out');
export const noSender = defineProblem('no_sender', 409, 'There is no number to send from');
export const senderNotAllowed = defineProblem('sender_not_allowed', 403, 'This number may not be used by this user');
export const idempotencyKeyMissing = defineProblem('idempotency_key_missing', 400, 'The Idempotency-Key header is missing');
export const idempotencyKeyReused = defineProblem('idempotency_key_reused', 409, 'This Idempotency-Key was used for another message');
export const messageSettled = defineProblem('message_settled', 409, 'The outcome of this message is known');
export const accountRemoved = defineProblem('account_removed', 409, 'The carrier account of this message was removed');
export const numberInUse = defineProblem('number_in_use', 409, 'This number is set up already');
export const accountInUse = defineProblem('account_in_use', 409, 'Numbers still belong to this carrier account');
export const carrierRefused = defineProblem('carrier_refused', 422, 'The carrier did not accept these credentials');
export const signatureInvalid = defineProblem('signature_invalid', 403, 'The signature is missing or not valid');
export const hostNotAllowed = defineProblem('host_not_allowed', 422, 'This address may not be called');
export const pictureTooLarge = defineProblem('picture_too_large', 413, 'The picture is too large to be shown in Salesforce');
