export { createDirectory, SearchRefusedError, type Candidate, type Directory, type PhoneQuery } from './search.ts';
export { DEFAULT_PHONE_FIELDS, PHONE_OBJECTS, type ChosenFields, type PhoneObject, type Viewer } from './phone-fields.ts';
