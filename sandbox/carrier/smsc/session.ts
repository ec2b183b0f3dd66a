import smpp from 'smpp';
import type { PDU, PduFields, Session } from 'smpp';

let lastId = 0;

/** Answers that a client does not read stay in our memory. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** `outbind` and `alert_notification` have none (SMPP 3.4, 4.1.7 and 4.12.1), and the package would throw. */
const hasResponse = (pdu: PDU): boolean => pdu.command === 'unknown' || `${pdu.command}_resp` in smpp.commands;

/** One connection of a client to the SMSC. */
export interface SmscSession {
  readonly id: number;
  systemId: string | null;
  /** Bound as receiver or transceiver. */
  receives: boolean;
  /** Bound as transmitter or transceiver. */
  transmits: boolean;
  /** Submits that wait for an answer now, and the most that ever did. */
  open: number;
  maxOpen: number;
  readonly since: string;
  over(): boolean;
  respond(pdu: PDU, fields?: PduFields): void;
  /** The command status of the answer, or undefined when none came. `cut`: the connection is gone as the answer comes, before anything behind it is read. */
  request(command: string, fields: PduFields, timeoutMs: number, cut?: boolean): Promise<number | undefined>;
  /** Cuts the connection without a word. */
  destroy(): void;
  /** Ends it in the protocol's way. */
  end(): void;
}

/** Wraps a session of the package: nothing that a client does may end the process, and open requests are settled when it goes. */
export function wrapSession(session: Session, onEnd: () => void): SmscSession {
  let over = false;
  const waiting = new Set<(status: number | undefined) => void>();
  const wrapped: SmscSession = {
    id: (lastId += 1),
    systemId: null,
    receives: false,
    transmits: false,
    open: 0,
    maxOpen: 0,
    since: new Date().toISOString(),
    over: () => over,
    respond: (pdu, fields) => {
      if (over || !hasResponse(pdu)) return;
      session.send(pdu.response(fields));
      if (session.socket.writableLength > MAX_UNREAD_BYTES) wrapped.destroy();
    },
    request: (command, fields, timeoutMs, cut = false) =>
      new Promise((resolve) => {
        const settle = (status: number | undefined): void => {
          clearTimeout(timer);
          waiting.delete(settle);
          if (cut) wrapped.destroy();
          resolve(status);
        };
        const timer = setTimeout(() => settle(undefined), timeoutMs);
        waiting.add(settle);
        if (over || !session.send(new smpp.PDU(command, fields), (answer) => settle(answer.command_status))) settle(undefined);
      }),
    destroy: () => {
      over = true;
      session.destroy();
    },
    end: () => session.close(),
  };
  session.on('error', () => session.destroy());
  session.on('close', () => {
    over = true;
    for (const settle of [...waiting]) settle(undefined);
    onEnd();
  });
  return wrapped;
}
