import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerSession } from 'smtp-server';
import type { CallCounter } from '../control/calls.ts';
import { sleep } from '../control/faults.ts';
import type { FaultRules } from '../control/faults.ts';
import type { Mailbox } from './mailbox.ts';

export interface SmtpDeps {
  readonly mailbox: Mailbox;
  readonly faults: FaultRules;
  readonly calls: CallCounter;
}

export interface SmtpPeer {
  readonly port: number;
  close(): Promise<void>;
}

/** A refusal with an SMTP reply code (RFC 5321, section 4.2): 4xx try again, 5xx never. */
class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal';
  readonly responseCode: number;
  constructor(code: number, text: string) {
    super(text);
    this.responseCode = code;
  }
}

/**
 * A real SMTP server on 127.0.0.1 that keeps what it is given. Faults are decided once per message, when its data has arrived, with
 * `{method:'SMTP', path:'/smtp', user:<a recipient>}`: a status is the SMTP reply (451 is a temporary failure), `drop` cuts the connection
 * before or after the message was kept.
 */
export async function startSmtp(port: number, deps: SmtpDeps): Promise<SmtpPeer> {
  const { mailbox, faults, calls } = deps;
  const sockets = new Set<Socket>();

  async function take(raw: Buffer, session: SMTPServerSession): Promise<'kept' | 'cut'> {
    const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
    const to = session.envelope.rcptTo.map((recipient) => recipient.address);
    for (const address of to) calls.count('SMTP', '/smtp', address.toLowerCase());
    const action = faults.take({ method: 'SMTP', path: '/smtp', user: to[0], objects: to });
    if (action?.latencyMs) await sleep(action.latencyMs);
    if (action?.drop === 'before') return 'cut';
    if (action?.status !== undefined) {
      throw new SmtpRefusal(action.status, typeof action.body === 'string' ? action.body : 'sandbox fault, try again later');
    }
    await mailbox.deliver(raw, { from, to });
    return action?.drop === 'after' ? 'cut' : 'kept';
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    size: 10 * 1024 * 1024,
    logger: false,
    banner: 'Switchboard sandbox mailbox',
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? '' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(new SmtpRefusal(552, 'message too large'));
        take(Buffer.concat(chunks), session).then(
          (outcome) => {
            if (outcome === 'kept') return done(null);
            // The library gives no hold of the connection here, but the session names its far end.
            for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy();
          },
          (error: unknown) => done(error as Error),
        );
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A client that goes away in the middle is its own business; an unheard error event would end the process.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no TCP address');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
