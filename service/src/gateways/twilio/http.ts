import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { TwilioOptions } from './types.ts';

export const DEFAULT_BASE = 'https://api.twilio.com';
const DEFAULT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** An API answer is a few kilobytes, a page of 1,000 messages about two megabytes. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** One HTTP exchange. `written` is false only when certainly no byte of the request left. */
export type Exchange =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly written: boolean; readonly why: string; readonly status?: number }
  | { readonly kind: 'too-large'; readonly status: number };

export interface Http {
  exchange(
    method: 'GET' | 'POST',
    url: string,
    options?: { form?: URLSearchParams; credentials?: boolean; maxBytes?: number },
  ): Promise<Exchange>;
  close(): Promise<void>;
}

/** One call is one request: no retries, no redirects followed, a hard limit on time and size. */
export function createHttp(options: TwilioOptions): Http {
  const own = options.dispatcher
    ? undefined
    : new Agent({ connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, options.timeoutMs ?? DEFAULT_TIMEOUT_MS) } });
  const dispatcher: Dispatcher = options.dispatcher ?? (own as Agent);
  const authorization = `Basic ${Buffer.from(`${options.accountSid}:${options.authToken}`).toString('base64')}`;

  return {
    exchange: async (method, url, { form, credentials = true, maxBytes = MAX_ANSWER_BYTES } = {}) => {
      const content = form ? Buffer.from(form.toString()) : undefined;
      let written = false;
      /** The client pulls the body only when a connected socket is ready for it, just before it writes the head: never pulled = never sent. */
      async function* body(bytes: Buffer): AsyncGenerator<Buffer> {
        written = true;
        yield bytes;
      }
      let status: number | undefined;
      const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      try {
        const pending = request(url, {
          method,
          dispatcher,
          signal,
          headers: {
            accept: '*/*',
            ...(credentials ? { authorization } : {}),
            ...(content ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(content.length) } : {}),
          },
          // Async iterables are accepted by the client; its types name streams only.
          body: content ? (body(content) as unknown as Readable) : null,
        });
        const answer = await untilAborted(pending, signal);
        status = answer.statusCode;
        const bytes = await readLimited(answer.body, maxBytes);
        return bytes ? { kind: 'answer', status, headers: answer.headers, body: bytes } : { kind: 'too-large', status };
      } catch (error) {
        return { kind: 'failed', written: written || method === 'GET', why: reasonOf(error), ...(status === undefined ? {} : { status }) };
      }
    },
    close: async () => {
      await own?.close();
    },
  };
}

/** The client notes an abort during connecting only once connected, and then sends nothing; our time limit must not wait for that. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

async function readLimited(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return null; // leaving the loop destroys the stream and with it the transfer
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'the host name is not known (ENOTFOUND)',
  EAI_AGAIN: 'the host name could not be looked up (EAI_AGAIN)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  EPIPE: 'the connection was cut (EPIPE)',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped halfway',
};

/** The cause in words, without the address or anything of the request. */
function reasonOf(error: unknown): string {
  const top = error as Error & { code?: string };
  if (top.name === 'TimeoutError') return 'no answer in time';
  const cause = top instanceof AggregateError ? (top.errors[0] as Error & { code?: string }) : top;
  return WORDS[cause?.code ?? ''] ?? WORDS[top.code ?? ''] ?? (cause?.code || top.name || 'connection error');
}
