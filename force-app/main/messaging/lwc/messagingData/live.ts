import { watchEvents } from 'c/coreEvents';
import { namespacePrefix } from './conversations';

/** Told the external ids of changed conversations; undefined means that anything may have changed. */
export type ChangeListener = (ids: ReadonlySet<string> | undefined) => void;

export const changeChannel = `/event/${namespacePrefix}ConversationChanged__e`;
const idsField = `${namespacePrefix}ConversationIds__c`;

/** Calls `listener` after every change the org announces. Returns what ends it. */
export function watchConversations(listener: ChangeListener): () => void {
  return watchEvents(changeChannel, (payload) => {
    const ids = payload?.[idsField];
    listener(typeof ids === 'string' && ids !== '' ? new Set(ids.split(',').map((id) => id.trim())) : undefined);
  });
}
