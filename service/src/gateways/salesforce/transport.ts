import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import { SalesforceError, type Sent, type TransportFault } from './errors.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One exchange with a deadline over all of it: name look-up, connection, answer and body. No retries, no redirects. */
export type Exchange = (request: HttpRequest, timeoutMs: number) => Promise<HttpAnswer>;

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Builds the exchange over undici. `dispatcher` is the guarded one of platform/net.ts: it refuses private addresses at the moment of connecting. Failures below HTTP are thrown as SalesforceError with their `sent` state. */
export function createExchange(dispatcher: Dispatcher): Exchange {
  return async (what, timeoutMs) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let status = 0;
    try {
      const answer = await request(what.url, {
        method: what.method,
        headers: what.headers ?? {},
        body: what.body ?? null,
        dispatcher,
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      status = answer.statusCode;
      const bytes = await readBody(answer.body);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(answer.headers))
        headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : (value ?? '');
      return { status, headers, body: await toText(bytes, headers['content-encoding']) };
    } catch (error) {
      if (error instanceof SalesforceError) throw error;
      const { fault, sent } = judge(error, signal.aborted);
      throw new SalesforceError({ message: `no complete answer (${fault})`, status, sent, fault, cause: error });
    }
  };
}

async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const inflate = promisify(gunzip);

/** Nothing compressed is asked for, but results of bulk jobs always come so. */
async function toText(bytes: Buffer, encoding: string | undefined): Promise<string> {
  if (encoding !== 'gzip') return bytes.toString('utf8');
  const whole: Buffer = await inflate(bytes, { maxOutputLength: MAX_BODY_BYTES }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : error;
  });
  return whole.toString('utf8');
}

const tooLarge = (): SalesforceError => new SalesforceError({ message: 'the answer is larger than 32 MB', sent: 'maybe', fault: 'cut' });

const NEVER_CONNECTED: Readonly<Record<string, TransportFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EHOSTDOWN: 'connect',
  ENETDOWN: 'connect',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ADDRESS_REFUSED: 'blocked',
  CERT_HAS_EXPIRED: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
};

function judge(error: unknown, timedOut: boolean): { fault: TransportFault; sent: Sent } {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = (at as NodeJS.ErrnoException).code ?? '';
    const fault = NEVER_CONNECTED[code];
    if (fault) return { fault, sent: 'no' };
    if (at instanceof AggregateError && at.errors.length > 0) {
      const inner = judge(at.errors[0], timedOut);
      if (inner.sent === 'no') return inner;
    }
  }
  const code = (error as { code?: string }).code ?? '';
  return { fault: timedOut || /timeout/i.test(code) ? 'timeout' : 'cut', sent: 'maybe' };
}
