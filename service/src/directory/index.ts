export { createDirectory, SearchRefusedError, type Candidate, type Directory, type PhoneQuery } from './search.ts';
export { DEFAULT_PHONE_FIELDS, PHONE_OBJECTS, type ChosenFields, type PhoneObject, type Viewer } from './phone-fields.ts';
export { createLocalDirectory, DIRECTORY_SWEEP, type LocalDirectory } from './local/index.ts';
export type { Found } from './local/store.ts';
export { readCaller, type CallerNumber } from './numbers/caller-number.ts';
export type { DiallingRules } from './numbers/dialling-rules.ts';
export { keysOfCaller } from './numbers/keys.ts';
