export { OBJECTS_AT_ONCE, readChanges, withOverlap, type ChangedRow, type Changes, type Place, type Source } from './changes.ts';
