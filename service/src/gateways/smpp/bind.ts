import { randomUUID } from 'node:crypto';
import smpp from 'smpp';
import type { ConnectOptions, PDU, PduFields, Session } from 'smpp';
import { ESME_RSYSERR, isCredentialRefusal, statusText } from './codes.ts';
import { watchEnd, type End } from './end.ts';
import { createRequests, type Answer } from './requests.ts';
import { readPdus, type Reading } from './reading.ts';
import type { SmppOptions } from './types.ts';

/** One authenticated SMPP connection. */
export interface Bind {
  readonly id: string;
  /** Sends a request and waits for its answer; a later answer goes to `late`. Never rejects. */
  request(command: string, fields: PduFields, late?: (pdu: PDU) => void): Promise<Answer>;
  /** Answers a request of the carrier. Gives the number of this reply, or undefined when the connection is gone and no one will see it. */
  respond(pdu: PDU, fields?: PduFields): number | undefined;
  /** Resolves with the reason when the connection is over. */
  readonly ended: Promise<string>;
  /** Says goodbye in the protocol's way, then closes. */
  unbind(): Promise<void>;
  destroy(why: string): void;
}

export type BindResult =
  | { readonly kind: 'bound'; readonly bind: Bind }
  | { readonly kind: 'failed'; readonly text: string; readonly refused: boolean; readonly status?: number };

export interface BindEvents {
  /** A request of the carrier other than enquire_link and unbind. Must not throw. */
  onRequest(bind: Bind, pdu: PDU): void;
  /** The carrier answered a request that we sent when this many replies of ours had gone out before it. */
  onAnswered(bind: Bind, repliesBefore: number): void;
}

const INTERFACE_VERSION = 0x34;

/** Connects and binds as transceiver. Never rejects; `abort` stops the attempt. */
export async function openBind(options: SmppOptions, events: BindEvents, abort: AbortSignal): Promise<BindResult> {
  const where = `${options.host}:${options.port}`;
  const session = smpp.connect(connectOptions(options));
  const end = watchEnd(session);
  // Nothing that comes before our bind is out means anything.
  let reading: Reading | undefined;
  readPdus(session, {
    onPdu: (pdu) => reading?.onPdu(pdu),
    onUnreadable: (head) => reading?.onUnreadable(head),
    onBroken: () => end.because('the carrier sent what is no SMPP'),
  });
  const stop = (): void => end.destroy('the connection was closed here');
  abort.addEventListener('abort', stop, { once: true });
  if (abort.aborted) stop();
  try {
    const why = await connected(session, options, end);
    if (why !== undefined) {
      end.destroy(why);
      return { kind: 'failed', refused: false, text: `${where} cannot be reached: ${why}.` };
    }
    const created = createBind(session, end, options, events);
    const { bind } = created;
    reading = created.reading;
    const answer = await bind.request('bind_transceiver', {
      system_id: options.systemId,
      password: options.password,
      system_type: options.systemType ?? '',
      interface_version: INTERFACE_VERSION,
    });
    if (answer.kind !== 'answer') {
      bind.destroy('no answer to the bind');
      return { kind: 'failed', refused: false, text: `${where} did not answer the sign-in: ${answer.why}.` };
    }
    const status = answer.pdu.command_status;
    if (status !== 0) {
      bind.destroy('the bind was refused');
      return { kind: 'failed', refused: isCredentialRefusal(status), status, text: statusText(status) };
    }
    return { kind: 'bound', bind };
  } finally {
    abort.removeEventListener('abort', stop);
  }
}

function connectOptions(options: SmppOptions): ConnectOptions {
  const extra = typeof options.tls === 'object' ? options.tls : {};
  return {
    ...(extra as object),
    ...(options.tls && !/^[\d.:]+$/.test(options.host) ? { servername: options.host } : {}),
    host: options.host,
    port: options.port,
    tls: Boolean(options.tls),
    noDelay: true,
    keepAlive: true,
    ...(options.lookup ? { lookup: options.lookup } : {}),
  };
}

/** Resolves with undefined once connected, else with the reason. */
function connected(session: Session, options: SmppOptions, end: End): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done('no connection in time'), options.connectTimeoutMs ?? 10_000);
    const off = end.onOver(done);
    session.on(options.tls ? 'secureConnect' : 'connect', () => done(undefined));
    function done(why: string | undefined): void {
      clearTimeout(timer);
      off?.();
      resolve(why);
    }
  });
}

/** Replies that the peer does not read stay in our memory; one that leaves this much unread is cut off. */
const MAX_UNREAD_BYTES = 1024 * 1024;

function createBind(session: Session, end: End, options: SmppOptions, events: BindEvents): { bind: Bind; reading: Reading } {
  let replies = 0;
  const requests = createRequests(session, end, {
    timeoutMs: options.responseTimeoutMs ?? 10_000,
    replies: () => replies,
    onAnswered: (repliesBefore) => events.onAnswered(bind, repliesBefore),
  });

  const bind: Bind = {
    id: randomUUID(),
    ended: new Promise((resolve) => void end.onOver(resolve)),
    request: requests.request,
    respond: (pdu, fields) => {
      if (end.reason() !== undefined || !hasResponse(pdu) || !session.send(pdu.response(fields))) return undefined;
      if (session.socket.writableLength > MAX_UNREAD_BYTES) end.destroy('the carrier does not read what it is answered');
      replies += 1;
      return replies;
    },
    unbind: async () => {
      await requests.request('unbind', {});
      end.destroy('unbound');
    },
    destroy: (why) => end.destroy(why),
  };

  /** What a peer sends must never become an uncaught exception of the socket's event handler. */
  const requestOf = (pdu: PDU): void => {
    try {
      events.onRequest(bind, pdu);
    } catch (error) {
      options.log?.warn({ command: pdu.command, error: (error as Error).name }, 'a request of the carrier could not be read');
      bind.respond(pdu, { command_status: ESME_RSYSERR });
    }
  };

  const onPdu = (pdu: PDU): void => {
    if (pdu.isResponse()) requests.take(pdu);
    else if (pdu.command === 'enquire_link') bind.respond(pdu);
    else if (pdu.command === 'unbind') {
      bind.respond(pdu);
      session.close();
      // A peer that never closes its half would keep the socket for ever.
      setTimeout(() => end.destroy('the carrier ended the session (unbind)'), 1_000).unref();
    } else requestOf(pdu);
  };

  const onUnreadable = (head: PDU): void => {
    // The status of an answer stands in its head: that it was taken is known, even where its id is not.
    if (head.isResponse()) return requests.take(head);
    options.log?.warn({ command: head.command }, 'a request of the carrier could not be read');
    bind.respond(head, { command_status: ESME_RSYSERR });
  };

  keepAlive(bind, options.enquireLinkMs ?? 30_000);
  return { bind, reading: { onPdu, onUnreadable, onBroken: () => undefined } };
}

/** `outbind` and `alert_notification` have none (SMPP 3.4, 4.1.7 and 4.12.1); what is not known is answered by a generic_nack. */
function hasResponse(pdu: PDU): boolean {
  return pdu.command === 'unknown' || `${pdu.command}_resp` in smpp.commands;
}

/** Proves the connection alive; a carrier that stays silent is cut off, so that open submits become `unknown` and a new bind is tried. */
function keepAlive(bind: Bind, everyMs: number): void {
  const timer = setInterval(() => {
    void bind.request('enquire_link', {}).then((answer) => {
      if (answer.kind === 'lost') bind.destroy('the carrier no longer answers (enquire_link)');
    });
  }, everyMs);
  timer.unref();
  void bind.ended.then(() => clearInterval(timer));
}
