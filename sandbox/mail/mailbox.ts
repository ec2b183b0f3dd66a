import PostalMime from 'postal-mime';

/** A message as it lies in the mailbox. */
export interface StoredMail {
  readonly id: number;
  /** ISO 8601 UTC, when it arrived. */
  readonly at: string;
  /** Envelope sender. */
  readonly from: string;
  /** Envelope recipients, lower case. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** Web addresses of the message in order of appearance, each once. */
  readonly links: readonly string[];
  readonly attachments: readonly { fileName: string; contentType: string; bytes: number }[];
}

/** As many messages are kept; older ones make room. */
export const MAILBOX_LIMIT = 500;

/** Mail kept in memory, newest first. */
export class Mailbox {
  #mails: StoredMail[] = [];
  #next = 1;

  /** Parses and keeps a message. `envelope` decides who it is for, as for any mail server. */
  async deliver(raw: Uint8Array, envelope: { from: string; to: readonly string[] }): Promise<StoredMail> {
    const parsed = await PostalMime.parse(raw);
    const text = (parsed.text ?? '').trim();
    const mail: StoredMail = {
      id: this.#next,
      at: new Date().toISOString(),
      from: envelope.from,
      to: envelope.to.map((address) => address.toLowerCase()),
      subject: parsed.subject ?? '',
      text,
      html: parsed.html ?? null,
      links: linksOf(text, parsed.html ?? ''),
      attachments: parsed.attachments.map((part) => ({
        fileName: part.filename ?? '',
        contentType: part.mimeType,
        bytes: typeof part.content === 'string' ? Buffer.byteLength(part.content) : part.content.byteLength,
      })),
    };
    this.#next += 1;
    this.#mails = [mail, ...this.#mails].slice(0, MAILBOX_LIMIT);
    return mail;
  }

  /** Newest first; `to` narrows to one recipient. */
  list(to?: string): readonly StoredMail[] {
    const wanted = to?.trim().toLowerCase();
    return wanted ? this.#mails.filter((mail) => mail.to.includes(wanted)) : this.#mails;
  }

  find(id: number): StoredMail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.#mails = [];
  }
}

/** Web addresses in a text; a full stop or bracket that ends the sentence is not part of one. */
export const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

function linksOf(text: string, markup: string): string[] {
  const hrefs = [...markup.matchAll(/\bhref\s*=\s*(?:"(https?:[^"]*)"|'(https?:[^']*)')/gi)].map(([, a, b]) =>
    (a ?? b ?? '').replaceAll('&amp;', '&'),
  );
  return [...new Set([...(text.match(LINK) ?? []), ...hrefs])];
}
