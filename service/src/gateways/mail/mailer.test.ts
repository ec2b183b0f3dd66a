import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { createMailer, MailError, messageId } from './mailer.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function mailbox(options: SMTPServerOptions = {}): Promise<{ url: string; mails: string[] }> {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}?ignoreTLS=true`, mails };
}

const FROM = 'Switchboard <notices@sb.example>';
const MESSAGE = { to: ['a@x.example', 'b@x.example'], subject: 'Grüße', text: 'plain', html: '<p>rich</p>', key: 'switched/7' };
const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
const refusing = (responseCode: number): SMTPServerOptions => ({
  onData: (stream, _session, done) => {
    stream.resume();
    stream.on('end', () => done(Object.assign(new Error('no'), { responseCode })));
  },
});

describe('mailer', () => {
  it('sends text and html to all, under the fixed Message-ID of the notice', async () => {
    const { url, mails } = await mailbox();
    const mailer = createMailer({ url, from: FROM });
    await mailer.send(MESSAGE);
    await mailer.send(MESSAGE);
    expect(mails).toHaveLength(2);
    for (const mail of mails) expect(mail).toContain('Message-ID: <switched-7@sb.example>');
    expect(mails[0]).toMatch(/^To: a@x\.example, b@x\.example$/m);
    expect(mails[0]).toContain('multipart/alternative');
  });

  it('tells a temporary refusal from a final one', async () => {
    for (const [code, permanent] of [
      [451, false],
      [554, true],
    ] as const) {
      const { url } = await mailbox(refusing(code));
      expect(await errorOf(createMailer({ url, from: FROM }).send(MESSAGE))).toMatchObject({ permanent, responseCode: code });
    }
  });

  it('counts an unreachable server as temporary', async () => {
    const error = await errorOf(createMailer({ url: 'smtp://127.0.0.1:1?ignoreTLS=true', from: FROM }).send(MESSAGE));
    expect(error).toBeInstanceOf(MailError);
    expect(error).toMatchObject({ permanent: false, responseCode: 0 });
  });

  it('gives up on a server that says nothing', async () => {
    const { url } = await mailbox({ onConnect: () => undefined });
    expect(await errorOf(createMailer({ url, from: FROM, timeoutMs: 200 }).send(MESSAGE))).toMatchObject({ permanent: false });
  });

  it('counts wrong credentials as mendable', async () => {
    const { url } = await mailbox({ authMethods: ['PLAIN'], onAuth: (_auth, _session, done) => done(new Error('wrong')) });
    const withUser = url.replace('smtp://', 'smtp://user:pass@');
    expect(await errorOf(createMailer({ url: withUser, from: FROM }).send(MESSAGE))).toMatchObject({ permanent: false, responseCode: 535 });
  });

  it('makes Message-IDs that cannot carry header text', () => {
    expect(messageId('a b\r\nBcc: x', FROM)).toBe('<a-b--Bcc--x@sb.example>');
  });
});
