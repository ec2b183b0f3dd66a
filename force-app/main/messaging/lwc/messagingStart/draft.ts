import { readStored, writeStored } from 'c/messagingData';

/** What stands in the dialog and is not sent yet. */
export interface Draft {
  /** Chosen phone of the record, or which stands for typing one. */
  phone: string;
  typed: string;
  from: string;
  text: string;
  /** The message that was handed over without an answer, as JSON, and the key it went with. */
  attemptOf: string;
  attemptKey: string;
}

export const EMPTY: Draft = { phone: '', typed: '', from: '', text: '', attemptOf: '', attemptKey: '' };

/** The draft of a record, or of a message to nobody in particular; it survives Cancel, Escape and a reload until it is sent. */
export function readDraft(recordId: string): Draft {
  try {
    const kept = JSON.parse(readStored('start', nameOf(recordId)) || '{}') as Partial<Record<keyof Draft, unknown>>;
    const known = Object.keys(EMPTY).map((name) => [name, kept[name as keyof Draft]]);
    return { ...EMPTY, ...Object.fromEntries(known.filter(([, value]) => typeof value === 'string')) };
  } catch {
    return EMPTY;
  }
}

/** An empty one is forgotten. */
export function keepDraft(recordId: string, draft: Draft): void {
  const isEmpty = draft.typed === '' && draft.text === '';
  writeStored('start', nameOf(recordId), isEmpty ? '' : JSON.stringify(draft));
}

function nameOf(recordId: string): string {
  return recordId || 'new';
}
