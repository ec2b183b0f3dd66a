import smpp from 'smpp';
import type { PDU } from 'smpp';

/**
 * The package decodes message octets with a codec of its own: unknown codes become spaces, and 8-bit texts lose their header. We need the
 * octets as they came, because parts are joined before they are read. So each PDU keeps a copy from just before decoding; nothing else of
 * the package changes, also for others that use it in this process.
 */
const RAW = Symbol.for('switchboard.smpp.raw');
const PATCHED = Symbol.for('switchboard.smpp.patched');

interface Raw {
  readonly shortMessage: Buffer | undefined;
  readonly messagePayload: Buffer | undefined;
}

const prototype = smpp.PDU.prototype as PDU & { [RAW]?: Raw; [PATCHED]?: true };

if (!prototype[PATCHED]) {
  const original = prototype._filter;
  prototype._filter = function keepRaw(this: PDU & { [RAW]?: Raw }, direction) {
    if (direction === 'decode') {
      this[RAW] = { shortMessage: asBuffer(this.short_message), messagePayload: asBuffer(this.message_payload) };
    }
    try {
      original.call(this, direction);
    } catch (error) {
      // A date or a text that its own codec trips over: the octets are kept, and they are what is read.
      if (direction === 'encode') throw error;
    }
  };
  prototype[PATCHED] = true;
}

/** The octets of a received message as they came: the payload parameter when present, else `short_message`. */
export function rawMessage(pdu: PDU): Buffer {
  const raw = (pdu as PDU & { [RAW]?: Raw })[RAW];
  const payload = raw?.messagePayload;
  return payload && payload.length > 0 ? payload : (raw?.shortMessage ?? Buffer.alloc(0));
}

function asBuffer(value: unknown): Buffer | undefined {
  return Buffer.isBuffer(value) ? Buffer.from(value) : undefined;
}
