export {
  FIRST_PLACE,
  OBJECTS_AT_ONCE,
  readChanges,
  wholeSoql,
  withOverlap,
  type ChangedRow,
  type Changes,
  type Place,
  type Source,
} from './changes.ts';
