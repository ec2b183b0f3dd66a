import { createTransport } from 'nodemailer';

export interface MailMessage {
  /** Address or addresses of the recipients. */
  to: string | readonly string[];
  subject: string;
  text: string;
  html?: string;
  /**
   * Names this notice for ever: the same key gives the same Message-ID, so a message that is sent twice after a lost answer is recognised as
   * one by mail servers and programs.
   */
  key: string;
}

/** A message that was not taken. `permanent`: the server will never take it (SMTP 5xx), trying again is useless. */
export class MailError extends Error {
  readonly permanent: boolean;
  /** SMTP answer code, or 0 when there was none. */
  readonly responseCode: number;
  constructor(message: string, permanent: boolean, responseCode: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'MailError';
    this.permanent = permanent;
    this.responseCode = responseCode;
  }
}

export interface Mailer {
  /** Resolves when the mail server has taken the message. Throws MailError. */
  send(message: MailMessage): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`; `?ignoreTLS=true` for a local mailbox. */
  url: string;
  /** `Name <address>`; its domain also forms the Message-IDs. */
  from: string;
  timeoutMs?: number;
}

export function createMailer({ url, from, timeoutMs = 15_000 }: MailerOptions): Mailer {
  const parsed = new URL(url);
  const transport = createTransport({
    host: parsed.hostname,
    port: Number(parsed.port || (parsed.protocol === 'smtps:' ? 465 : 587)),
    secure: parsed.protocol === 'smtps:',
    ignoreTLS: parsed.searchParams.get('ignoreTLS') === 'true',
    ...(parsed.username ? { auth: { user: decodeURIComponent(parsed.username), pass: decodeURIComponent(parsed.password) } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, html, key }) {
      try {
        await transport.sendMail({ from, to: [to].flat(), subject, text, ...(html ? { html } : {}), messageId: messageId(key, from) });
      } catch (error) {
        throw toMailError(error);
      }
    },
    close: () => transport.close(),
  };
}

/** The fixed Message-ID of a notice: its key, in the sender's domain. */
export function messageId(key: string, from: string): string {
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return `<${key.replace(/[^A-Za-z0-9.-]/g, '-')}@${domain}>`;
}

function toMailError(error: unknown): MailError {
  const { responseCode = 0, code = '' } = error as { responseCode?: number; code?: string };
  // 5xx is final (RFC 5321, 4.2.1); an address that no server would take (EENVELOPE without an answer) as well. Wrong credentials can be mended.
  const permanent = code !== 'EAUTH' && (responseCode >= 500 || (code === 'EENVELOPE' && responseCode === 0));
  return new MailError(
    permanent ? 'the mail server refuses the message' : 'the mail server did not take the message',
    permanent,
    responseCode,
    error,
  );
}
