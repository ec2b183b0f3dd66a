import smpp from 'smpp';
import type { PDU, PduFields, Session } from 'smpp';
import type { End } from './end.ts';

/** Requests whose time was up and that may still be answered; those before are forgotten. At the usual rates this is far more than an hour's. */
const MAX_LATE = 10_000;

/** What became of one request to the carrier. `lost` means that it may have arrived. */
export type Answer =
  | { readonly kind: 'answer'; readonly pdu: PDU }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'not-sent'; readonly why: string };

interface Open {
  readonly command: string;
  readonly repliesBefore: number;
  answer(pdu: PDU): void;
  late: boolean;
}

export interface Requests {
  /** Sends a request and waits for its answer; a later answer goes to `late`. Never rejects. */
  request(command: string, fields: PduFields, late?: (pdu: PDU) => void): Promise<Answer>;
  /** Hands an answer of the peer to the request that it belongs to. What answers nothing, or something else than was asked, is passed over. */
  take(pdu: PDU): void;
}

/**
 * Open requests of one session. The package's own list never shrinks when answers stay away, and takes any answer with the right number for
 * the answer to the question.
 */
export function createRequests(
  session: Session,
  end: End,
  { timeoutMs, replies, onAnswered }: { timeoutMs: number; replies(): number; onAnswered(repliesBefore: number): void },
): Requests {
  const open = new Map<number, Open>();
  let late = 0;

  const forgetOldest = (): void => {
    for (const [sequence, entry] of open) {
      if (late <= MAX_LATE) return;
      if (!entry.late) continue;
      open.delete(sequence);
      late -= 1;
    }
  };

  return {
    request: (command, fields, onLate) =>
      new Promise((resolve) => {
        if (end.reason() !== undefined) return resolve({ kind: 'not-sent', why: 'the connection is closed' });
        const pdu = new smpp.PDU(command, fields);
        const settle = (answer: Answer): void => {
          clearTimeout(timer);
          off();
          resolve(answer);
        };
        const entry: Open = {
          command,
          repliesBefore: replies(),
          late: false,
          answer: (answer) => (entry.late ? onLate?.(answer) : settle({ kind: 'answer', pdu: answer })),
        };
        const timer = setTimeout(() => {
          entry.late = true;
          late += 1;
          forgetOldest();
          settle({ kind: 'lost', why: `no answer within ${timeoutMs} ms` });
        }, timeoutMs);
        const off = end.onOver((why) => settle({ kind: 'lost', why: `the connection was lost before the answer: ${why}` }));
        if (!sent(session, pdu)) settle({ kind: 'not-sent', why: 'the connection is closed, or the request could not be written' });
        else open.set(pdu.sequence_number, entry);
      }),
    take: (pdu) => {
      const entry = open.get(pdu.sequence_number);
      if (!entry || !answers(pdu, entry.command)) return;
      open.delete(pdu.sequence_number);
      if (entry.late) late -= 1;
      onAnswered(entry.repliesBefore);
      entry.answer(pdu);
    },
  };
}

/** False when nothing of it left: the package puts a request into bytes before it writes any, and throws when that is not possible. */
function sent(session: Session, pdu: PDU): boolean {
  try {
    return session.send(pdu);
  } catch {
    return false;
  }
}

/** A generic_nack that reports no error says nothing: the request stays without an answer. */
function answers(pdu: PDU, command: string): boolean {
  return pdu.command === `${command}_resp` || (pdu.command === 'generic_nack' && pdu.command_status !== 0);
}
