/** Turns a request into the bytes that are sent, with the running world's ids, keys and signatures in it. */
import twilio from 'twilio';
import type { HostileRequest } from './request.ts';

/** What `{{name}}` stands for in this world. */
export interface Known {
  values: ReadonlyMap<string, string>;
  /** Public address of the service: carriers sign it. */
  service: string;
  authToken: string;
}

export function bytesOf(request: HostileRequest, known: Known): Buffer {
  if (request.framing === 'raw') return Buffer.from(request.body ?? '', 'latin1');
  const fill = (text: string): string => fillIn(text, known.values);
  const target = fill(request.target);
  const body = request.body === undefined ? undefined : Buffer.from(fill(request.body));
  const headers = request.headers.map(([name, value]): [string, string] => {
    const filled = fill(value);
    return [name, filled === '{{signature}}' ? sign(known, target, body?.toString() ?? '') : filled];
  });
  if (!headers.some(([name]) => name === 'host')) headers.unshift(['host', new URL(known.service).host]);
  if (body) headers.push(framing(request, body));
  const head = `${request.method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  // Not UTF-8: in a head each octet is a character of its own.
  const start = Buffer.from(head, 'latin1');
  if (!body) return start;
  return Buffer.concat(request.framing === 'chunked' ? [start, chunked(body)] : [start, body]);
}

function framing(request: HostileRequest, body: Buffer): [string, string] {
  if (request.framing === 'chunked') return ['transfer-encoding', 'chunked'];
  return ['content-length', String(body.length + (request.framing === 'short' ? 7 : 0))];
}

function chunked(body: Buffer): Buffer {
  const size = Math.max(1, Math.ceil(body.length / 3));
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text
    .replaceAll(/\{\{([\w:]+)\}\}/g, (whole, name: string) => values.get(name) ?? whole)
    .replaceAll(/%7B%7B(\w+)%7D%7D/g, (whole, name: string) => (values.has(name) ? encodeURIComponent(values.get(name) ?? '') : whole));
}

/** By the carrier's own library, over the form as any reader of forms reads it. */
function sign({ service, authToken }: Known, target: string, body: string): string {
  const params: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const earlier = Object.hasOwn(params, name) ? params[name] : undefined;
    const all = earlier === undefined ? value : [earlier, value].flat();
    Object.defineProperty(params, name, { value: all, enumerable: true, configurable: true, writable: true });
  }
  return twilio.getExpectedTwilioSignature(authToken, service + target, params);
}
