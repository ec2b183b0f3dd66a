import smpp from 'smpp';
import type { PDU, Session } from 'smpp';
import { ESME_RINVCMDLEN } from './codes.ts';

const HEAD = 16;
/** The longest text parameter has 65,535 octets (SMPP 3.4, 5.3.2.32); with all else it stays well below this. */
const MAX_PDU = 70_000;
const MESSAGE_PAYLOAD = 0x0424;
/** How long a peer may take to read why it is cut off. */
const LINGER_MS = 1_000;

/** The package would refuse longer ones and cut the connection, and the carrier would send the same text again on the next one. */
smpp.PDU.maxLength = MAX_PDU;

export interface Reading {
  onPdu(pdu: PDU): void;
  /** A PDU of proper length whose parameters cannot be read; only its head is there. */
  onUnreadable(head: PDU): void;
  /** The stream is no SMPP, or its place in it is lost. A `generic_nack` is on its way. */
  onBroken(): void;
}

/**
 * Reads the PDUs of a session in place of the package, which ends the session for every PDU that it cannot read, waits for ever on a length of
 * zero, and lets what a listener throws end the process.
 */
export function readPdus(session: Session, { onPdu, onUnreadable, onBroken }: Reading): void {
  const { socket } = session;
  let length: number | undefined;
  let broken = false;

  const read = (): void => {
    while (!broken) {
      if (length === undefined) {
        const bytes = socket.read(4) as Buffer | null;
        if (bytes?.length !== 4) return;
        length = bytes.readUInt32BE(0);
        if (length < HEAD || length > MAX_PDU) return giveUp();
      }
      const rest = socket.read(length - 4) as Buffer | null;
      if (rest?.length !== length - 4) return;
      const frame = Buffer.alloc(length);
      frame.writeUInt32BE(length, 0);
      rest.copy(frame, 4);
      length = undefined;
      take(frame);
    }
  };

  const take = (frame: Buffer): void => {
    let pdu: PDU;
    try {
      pdu = new smpp.PDU(withSoundParameters(frame));
    } catch {
      return onUnreadable(headOf(frame));
    }
    onPdu(pdu);
  };

  /** SMPP 3.4, 4.3: an invalid length is answered by a generic_nack; where the next PDU begins nobody can know. */
  const giveUp = (): void => {
    broken = true;
    session.send(new smpp.PDU('generic_nack', { command_status: ESME_RINVCMDLEN }));
    session.close();
    socket.resume();
    setTimeout(() => session.destroy(), LINGER_MS).unref();
    onBroken();
  };

  socket.removeAllListeners('readable');
  socket.on('readable', () => {
    // What a burst is answered goes out in one piece.
    socket.cork();
    read();
    socket.uncork();
  });
}

/** Only the sixteen octets of the head, which every PDU has. */
function headOf(frame: Buffer): PDU {
  const head = Buffer.from(frame.subarray(0, HEAD));
  head.writeUInt32BE(HEAD, 0);
  return new smpp.PDU(head);
}

/**
 * The PDU without optional parameters that are longer than what is left, or are not as long as their kind of number: what was written by a
 * person before them is not lost for their sake (SMPP 3.4, 3.3 has unexpected parameters ignored). A text that is cut short is kept as far as it came.
 */
function withSoundParameters(frame: Buffer): Buffer {
  const start = endOfMandatory(frame);
  const pieces: Buffer[] = [frame.subarray(0, start)];
  let at = start;
  while (at + 4 <= frame.length) {
    const id = frame.readUInt16BE(at);
    const size = frame.readUInt16BE(at + 2);
    const left = frame.length - at - 4;
    if (size > left) {
      if (id === MESSAGE_PAYLOAD) pieces.push(parameter(id, frame.subarray(at + 4)));
      break;
    }
    if (fits(id, size)) pieces.push(frame.subarray(at, at + 4 + size));
    at += 4 + size;
  }
  const sound = Buffer.concat(pieces);
  sound.writeUInt32BE(sound.length, 0);
  return sound;
}

function parameter(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** Numbers have a length of their own; all else may be of any. */
function fits(id: number, size: number): boolean {
  const type = smpp.tlvsById[id]?.type;
  return typeof type?.default !== 'number' || type.size(0) === size;
}

/** Where the optional parameters begin, by the package's own table. */
function endOfMandatory(frame: Buffer): number {
  const params = smpp.commandsById[frame.readUInt32BE(4)]?.params ?? {};
  let at = HEAD;
  for (const { type } of Object.values(params)) {
    if (at >= frame.length) break;
    at += type.size(type.read(frame, at));
  }
  return Math.min(at, frame.length);
}
