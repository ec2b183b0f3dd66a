import { registerControl } from '../control/control.ts';
import { createPeerApp, listenLocal } from '../control/peer.ts';
import { Mailbox } from './mailbox.ts';
import { registerMailPages } from './pages.ts';
import { startSmtp } from './smtp.ts';

export interface MailOptions {
  /** SMTP port; 0 takes any free one. Default 1025. */
  readonly smtpPort?: number | undefined;
  /** Port of the mailbox page. Default 8085. */
  readonly port?: number | undefined;
}

export interface MailPeer {
  /** Address of the mailbox page. */
  readonly url: string;
  readonly port: number;
  readonly smtpPort: number;
  readonly mailbox: Mailbox;
  close(): Promise<void>;
}

/** Starts the mailbox that stands in for everybody's mail: SMTP in, web page and `GET /__sandbox/mails?to=` out. */
export async function startMail(options: MailOptions = {}): Promise<MailPeer> {
  const mailbox = new Mailbox();
  const app = createPeerApp();
  const { faults, calls } = registerControl(app, { reset: () => mailbox.clear() });
  app.get<{ Querystring: { to?: string } }>('/__sandbox/mails', async (request) => ({
    items: mailbox.list(typeof request.query.to === 'string' ? request.query.to : undefined),
  }));
  registerMailPages(app, mailbox);
  const smtp = await startSmtp(options.smtpPort ?? 1025, { mailbox, faults, calls });
  try {
    const { port, url } = await listenLocal(app, options.port ?? 8085);
    return {
      url,
      port,
      smtpPort: smtp.port,
      mailbox,
      async close() {
        await Promise.all([app.close(), smtp.close()]);
      },
    };
  } catch (error) {
    await smtp.close();
    throw error;
  }
}
