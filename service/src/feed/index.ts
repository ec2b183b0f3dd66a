export { OBJECTS_AT_ONCE, readChanges, withOverlap, type ChangedRow, type Changes, type Place, type Source } from './changes.ts';
export { createChangeEvents, type ChangeEvents, type Follower } from './events.ts';
export { readRecords, type Records } from './records.ts';
export type { FeedState } from './store.ts';
