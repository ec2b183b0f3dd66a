export { createChangeEvents, type ChangeEvents, type Follower } from './events.ts';
export { forgetFeed } from './store.ts';
export { readRecords, type Records } from './records.ts';
export type { FeedState } from './store.ts';
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
