import loadMedia from '@salesforce/apex/MessagingController.media';

interface Answer {
  contentType: string;
  data: string;
}

/** Formats every browser shows in an <img>; anything else is offered as a file. */
const SHOWABLE = /^image\/(png|jpe?g|gif|webp|bmp)$/;
const KEPT = 40;
const library = new Map<string, Promise<string>>();

export function isPicture(contentType: string): boolean {
  return SHOWABLE.test(contentType.toLowerCase());
}

/**
 * A picture or file as data URI: Apex is the only way from the page to the service, and it cannot stream. The last 40 stay in memory,
 * so that scrolling and reopening a conversation costs no further call; a failed load is not kept.
 */
export function mediaUri(id: string): Promise<string> {
  const known = library.get(id);
  if (known) return known;
  const loading = loadMedia<Answer>({ id }).then(({ contentType, data }) => `data:${contentType};base64,${data}`);
  library.set(id, loading);
  loading.catch(() => library.delete(id));
  for (const oldest of library.keys()) {
    if (library.size <= KEPT) break;
    library.delete(oldest);
  }
  return loading;
}
