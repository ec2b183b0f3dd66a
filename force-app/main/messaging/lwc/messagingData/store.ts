import USER_ID from '@salesforce/user/Id';

/**
 * `draft`: the unsent text of a conversation; `pending`: messages whose arrival in the org was not seen yet; `start`: what stands in the
 * dialog that starts a conversation, by record instead of conversation.
 */
type Kind = 'draft' | 'pending' | 'start';

/** Named by user, because two people may share a browser. */
const nameOf = (kind: Kind, conversationId: string): string => `switchboard.${kind}.${USER_ID ?? ''}.${conversationId}`;

/** What this browser kept, or empty. A browser that forbids storage costs the draft, never the page. */
export function readStored(kind: Kind, conversationId: string): string {
  try {
    return window.localStorage.getItem(nameOf(kind, conversationId)) ?? '';
  } catch {
    return '';
  }
}

/** Keeps `value`, or removes it when empty. */
export function writeStored(kind: Kind, conversationId: string, value: string): void {
  try {
    if (value) window.localStorage.setItem(nameOf(kind, conversationId), value);
    else window.localStorage.removeItem(nameOf(kind, conversationId));
  } catch {
    // full or forbidden: see readStored
  }
}

/** Calls `changed` when another page of this browser wrote or removed the value. Returns what ends it. */
export function watchStored(kind: Kind, conversationId: string, changed: () => void): () => void {
  const name = nameOf(kind, conversationId);
  const listener = ({ key }: StorageEvent): void => {
    if (key === name) changed();
  };
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
}
