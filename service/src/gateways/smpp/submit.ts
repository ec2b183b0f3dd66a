import type { PDU, PduFields } from 'smpp';
import { splitSegments } from '../../../../force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts';
import { toWire } from './addresses.ts';
import type { Bind } from './bind.ts';
import { isPermanent, isThrottle, statusName, statusText } from './codes.ts';
import { ESM_UDHI, concatenationHeader } from './concatenation.ts';
import { encodeGsm7 } from './gsm7.ts';
import { report } from './inbound.ts';
import type { Limiter } from './limiter.ts';
import type { SmppHandlers, SmppOptions, SubmitOutcome, SubmitRequest } from './types.ts';

/** The part count is one octet of the header. */
const MAX_PARTS = 255;

export interface SubmitContext {
  readonly options: SmppOptions;
  readonly handlers: SmppHandlers;
  readonly limiter: Limiter;
  /** The current bind, or why there is none. */
  readonly bind: () => Bind | string;
}

/** Sends the parts of one message one after another, each only after the one before was accepted. Never rejects. */
export async function submitMessage(
  context: SubmitContext,
  request: SubmitRequest & { readonly reference: number },
): Promise<SubmitOutcome> {
  const { options, handlers, limiter } = context;
  const acceptedIds: string[] = [];
  let part = request.startPart ?? 1;
  const stopped = <T extends object>(how: T): T & { acceptedIds: string[]; nextPart: number; reference: number } => ({
    ...how,
    acceptedIds,
    nextPart: part,
    reference: request.reference,
  });

  const pdus = buildParts(request, options);
  if (typeof pdus === 'string')
    return stopped({ kind: 'rejected', code: 'invalid_message', status: 0, text: pdus, permanent: true } as const);

  for (; part <= pdus.length; part += 1) {
    const slot = await limiter.acquire();
    if (slot.kind === 'paused') return stopped({ kind: 'throttled', retryAfterMs: slot.retryAfterMs } as const);
    if (slot.kind === 'closed') return stopped({ kind: 'not-sent', why: slot.why } as const);
    const bind = context.bind();
    if (typeof bind === 'string') {
      slot.release();
      return stopped({ kind: 'not-sent', why: bind } as const);
    }
    const thisPart = part;
    const answer = await bind.request('submit_sm', pdus[part - 1] ?? {}, (pdu) => {
      report(options.log, () => lateAnswer(handlers, request, thisPart, pdu));
    });
    // The pause begins before the place is given back, or the next waiting part would still go out.
    if (answer.kind === 'answer' && isThrottle(answer.pdu.command_status)) {
      const retryAfterMs = limiter.throttled();
      slot.release();
      return stopped({ kind: 'throttled', retryAfterMs } as const);
    }
    slot.release();
    if (answer.kind === 'lost') return stopped({ kind: 'unknown', why: answer.why } as const);
    if (answer.kind === 'not-sent') return stopped({ kind: 'not-sent', why: answer.why } as const);
    const status = answer.pdu.command_status;
    if (status !== 0) {
      return stopped({
        kind: 'rejected',
        code: statusName(status),
        status,
        text: statusText(status),
        permanent: isPermanent(status),
      } as const);
    }
    limiter.succeeded();
    acceptedIds.push(answer.pdu.message_id ?? '');
  }
  return { kind: 'accepted', ids: acceptedIds, reference: request.reference };
}

function lateAnswer(handlers: SmppHandlers, request: SubmitRequest, part: number, pdu: PDU): void {
  if (request.key === undefined) return;
  const status = pdu.command_status;
  handlers.onLateAnswer?.({
    key: request.key,
    part,
    outcome:
      status === 0
        ? { kind: 'accepted', id: pdu.message_id ?? '' }
        : {
            kind: 'rejected',
            code: statusName(status),
            text: statusText(status),
            permanent: isPermanent(status) && !isThrottle(status),
          },
  });
}

/** The submit_sm fields of every part, or in words why the message cannot be sent at all. */
function buildParts(request: SubmitRequest & { readonly reference: number }, options: SmppOptions): PduFields[] | string {
  const source = toWire(request.from, options.addresses);
  if (!source)
    return 'The sending number is neither a phone number with country code, nor a short code, nor a name of up to 11 characters.';
  const target = toWire(request.to, options.addresses);
  if (!target || target.ton === 5) return 'The number of the recipient is not a phone number with country code.';
  const { encoding, parts } = splitSegments(request.text);
  if (parts.length > MAX_PARTS) return `The text needs ${parts.length} parts; one message can have at most ${MAX_PARTS}.`;
  if ((request.startPart ?? 1) < 1 || (request.startPart ?? 1) > parts.length) return 'The part to start from does not exist.';
  return parts.map((text, index) => {
    // Encoded here with an explicit data_coding: left to itself the package sends GSM octets under data_coding 1.
    const body = encoding === 'GSM-7' ? encodeGsm7(text) : Buffer.from(text, 'utf16le').swap16();
    const joined = parts.length > 1;
    return {
      source_addr: source.address,
      source_addr_ton: source.ton,
      source_addr_npi: source.npi,
      destination_addr: target.address,
      dest_addr_ton: target.ton,
      dest_addr_npi: target.npi,
      esm_class: joined ? ESM_UDHI : 0,
      registered_delivery: (request.wantReceipt ?? true) ? 1 : 0,
      data_coding: encoding === 'GSM-7' ? 0 : 8,
      short_message: joined ? Buffer.concat([concatenationHeader(request.reference, parts.length, index + 1), body]) : body,
    };
  });
}
