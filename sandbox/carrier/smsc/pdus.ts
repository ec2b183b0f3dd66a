import type { PDU } from 'smpp';
import splitSms from 'split-sms';
import { formatId } from './settings.ts';
import type { SmscSettings } from './settings.ts';

/** A submitted short message as this side reads it, with the package's own codecs. */
export interface Submitted {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly concatenation: { reference: number; total: number; part: number } | undefined;
  readonly wantsReceipt: 'always' | 'on-failure' | 'never';
}

export function readSubmit(pdu: PDU): Submitted {
  const message = (pdu.message_payload ?? pdu.short_message) as { udh?: Buffer[]; message: string | Buffer };
  const text = typeof message.message === 'string' ? message.message : message.message.toString('latin1');
  const asked = (pdu.registered_delivery ?? 0) & 3;
  return {
    from: address(pdu.source_addr ?? '', pdu.source_addr_ton ?? 0),
    to: address(pdu.destination_addr ?? '', pdu.dest_addr_ton ?? 0),
    text,
    concatenation: fromHeader(message.udh ?? []) ?? fromSar(pdu),
    wantsReceipt: asked === 1 ? 'always' : asked === 2 ? 'on-failure' : 'never',
  };
}

function fromHeader(elements: readonly Buffer[]): Submitted['concatenation'] {
  for (const element of elements) {
    if (element[0] === 0x00 && element.length === 5)
      return { reference: element.readUInt8(2), total: element.readUInt8(3), part: element.readUInt8(4) };
    if (element[0] === 0x08 && element.length === 6)
      return { reference: element.readUInt16BE(2), total: element.readUInt8(4), part: element.readUInt8(5) };
  }
  return undefined;
}

function fromSar(pdu: PDU): Submitted['concatenation'] {
  const { sar_msg_ref_num: reference, sar_total_segments: total, sar_segment_seqnum: part } = pdu;
  return reference === undefined || !total || !part || total < 2 ? undefined : { reference, total, part };
}

function address(text: string, ton: number): string {
  return ton === 1 && !text.startsWith('+') ? `+${text}` : text;
}

/** International numbers go out with TON 1 and without the plus; short codes with TON 0, as clients expect. */
export function addressFields(from: string, to: string): Record<string, unknown> {
  const type = (number: string): { ton: number; npi: number; digits: string } =>
    number.startsWith('+') ? { ton: 1, npi: 1, digits: number.slice(1) } : { ton: 0, npi: 0, digits: number };
  const [source, target] = [type(from), type(to)];
  return {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.digits,
    dest_addr_ton: target.ton,
    dest_addr_npi: target.npi,
    destination_addr: target.digits,
  };
}

const UDHI = 0x40;

/** The deliver_sm fields of a person's text, one entry per part. */
export function inboundParts(
  from: string,
  to: string,
  body: string,
  reference: number,
  form: SmscSettings['longInbound'],
): Record<string, unknown>[] {
  const { characterSet, parts } = splitSms.split(body);
  const common = { ...addressFields(from, to), data_coding: characterSet === 'GSM' ? 0 : 8 };
  if (parts.length < 2) return [{ ...common, short_message: { message: body } }];
  if (form === 'payload') return [{ ...common, short_message: { message: '' }, message_payload: { message: body } }];
  return parts.map(({ content }, index) => {
    const part = index + 1;
    const total = parts.length;
    if (form === 'sar') {
      return {
        ...common,
        short_message: { message: content },
        sar_msg_ref_num: reference,
        sar_total_segments: total,
        sar_segment_seqnum: part,
      };
    }
    const udh =
      form === 'udh8'
        ? Buffer.from([5, 0, 3, reference & 0xff, total, part])
        : Buffer.from([6, 8, 4, (reference >> 8) & 0xff, reference & 0xff, total, part]);
    return { ...common, esm_class: UDHI, short_message: { udh, message: content } };
  });
}

export interface ReceiptFacts {
  readonly number: number;
  readonly from: string;
  readonly to: string;
  readonly stat: string;
  readonly err: string;
  readonly submittedAt: Date;
  readonly text: string;
}

const STATES: Readonly<Record<string, number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
};
const CODINGS = { default: 0, latin1: 3, ucs2: 8 } as const;

/** The deliver_sm fields of a delivery receipt; it travels from the phone to the sending number. */
export function receiptFields(facts: ReceiptFacts, settings: SmscSettings): Record<string, unknown> {
  const id = formatId(facts.number, settings.receiptIds);
  const delivered = facts.stat === 'DELIVRD' ? '001' : '000';
  const text =
    `id:${id} sub:001 dlvrd:${delivered} submit date:${stamp(facts.submittedAt)} done date:${stamp(new Date())} ` +
    `stat:${facts.stat} err:${facts.err} text:${facts.text.replace(/[^ -~]/g, ' ').slice(0, 20)}`;
  const fields: Record<string, unknown> = {
    ...addressFields(facts.to, facts.from),
    esm_class: 0x04,
    data_coding: CODINGS[settings.receiptCoding],
    short_message: { message: settings.receiptForm === 'tlv' ? '' : text },
  };
  if (settings.receiptForm === 'text') return fields;
  const error = Number(facts.err);
  return {
    ...fields,
    receipted_message_id: id,
    message_state: STATES[facts.stat] ?? 7,
    ...(error > 0 ? { network_error_code: Buffer.from([3, error >> 8, error & 0xff]) } : {}),
  };
}

function stamp(at: Date): string {
  return at.toISOString().replace(/[-:T]/g, '').slice(2, 12);
}
