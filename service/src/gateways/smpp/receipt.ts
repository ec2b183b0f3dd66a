import { messageIdCandidates } from './message-id.ts';
import type { ReceiptStatus } from './types.ts';

export interface ReceiptFields {
  readonly messageId: string | null;
  readonly candidates: readonly string[];
  readonly status: ReceiptStatus;
  readonly stat: string;
  readonly errorCode: string | null;
}

export interface ReceiptParameters {
  readonly receiptedMessageId?: string | undefined;
  readonly messageState?: number | undefined;
  /** Three octets: network type, then the code (SMPP 3.4, 5.3.2.31). */
  readonly networkErrorCode?: Buffer | undefined;
}

/** SMPP 3.4 section 5.2.28. */
const STATES: ReadonlyMap<number, string> = new Map([
  [1, 'ENROUTE'],
  [2, 'DELIVRD'],
  [3, 'EXPIRED'],
  [4, 'DELETED'],
  [5, 'UNDELIV'],
  [6, 'ACCEPTD'],
  [7, 'UNKNOWN'],
  [8, 'REJECTD'],
]);

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  DELIVRD: 'delivered',
  EXPIRED: 'undelivered',
  DELETED: 'undelivered',
  UNDELIV: 'undelivered',
  REJECTD: 'failed',
};

const NETWORKS: Readonly<Record<number, string>> = { 1: 'ansi136', 2: 'is95', 3: 'gsm' };

/**
 * Reads a delivery receipt from its text (SMPP 3.4 appendix B, in any order and case) and its parameters. The parameters win for id, state
 * and error, since the text has no fixed form; where text and parameter name different ids, both are candidates.
 */
export function readReceipt(text: string, parameters: ReceiptParameters): ReceiptFields {
  const textId = field(text, 'id');
  const messageId = clean(parameters.receiptedMessageId) ?? textId;
  const stat = STATES.get(parameters.messageState ?? -1) ?? longName(field(text, 'stat')) ?? 'UNKNOWN';
  return {
    messageId,
    candidates: [...new Set([messageId, textId].flatMap((id) => (id === null ? [] : messageIdCandidates(id))))],
    status: STATUSES[stat] ?? 'sent',
    stat,
    errorCode: networkError(parameters.networkErrorCode) ?? textError(field(text, 'err')),
  };
}

function field(text: string, name: string): string | null {
  const found = new RegExp(`(?:^|[\\s\\0])${name}:\\s*([^\\s\\0]+)`, 'i').exec(text);
  return found?.[1] ?? null;
}

function clean(id: string | undefined): string | null {
  const text = id?.replace(/\0/g, '').trim();
  return text ? text : null;
}

/** Some carriers spell the state out; only the first seven letters count in the standard's words. */
function longName(stat: string | null): string | null {
  const word = stat?.toUpperCase() ?? null;
  if (word === 'DELIVERED') return 'DELIVRD';
  if (word === 'ACCEPTED') return 'ACCEPTD';
  if (word === 'REJECTED') return 'REJECTD';
  return word === 'UNDELIVERABLE' || word === 'UNDELIVERED' ? 'UNDELIV' : word;
}

function textError(code: string | null): string | null {
  return code === null || /^0*$/.test(code) ? null : code;
}

function networkError(bytes: Buffer | undefined): string | null {
  if (!bytes || bytes.length < 3) return null;
  const code = bytes.readUInt16BE(1);
  return code === 0 ? null : `${NETWORKS[bytes.readUInt8(0)] ?? `network${bytes.readUInt8(0)}`}:${code}`;
}
